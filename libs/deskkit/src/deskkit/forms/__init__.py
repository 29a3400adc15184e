"""Forms bound to the command models of the use cases."""

from deskkit.forms.form import Difference, Done, Form, FormError, Nothing
from deskkit.forms.problems import Problem

__all__ = ["Difference", "Done", "Form", "FormError", "Nothing", "Problem"]
