"""Forms bound to the command models of the use cases."""

from deskkit.forms.form import Difference, Form, FormError
from deskkit.forms.problems import Problem

__all__ = ["Difference", "Form", "FormError", "Problem"]
