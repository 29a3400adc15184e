"""Importing clients and their consents from somebody's files (C7)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem, Setting
from deskkit.i18n import N_
from support_svc.roles import SUPERVISOR, SUPPORT_ADMINISTRATOR

IMPORT_CLIENTS = Permission("import_clients", SUPERVISOR, SUPPORT_ADMINISTRATOR)
RETAIN_IMPORTS = Setting(
    code="retain_imports",
    label="Retention of lines of imports",
    hint="For how long after an import was finished its wrong lines and problems can be looked up.",
    default=3,
    low=1,
    high=600,
    unit="months",
)

FEATURE = Feature(
    module=__name__,
    permissions=(IMPORT_CLIENTS,),
    navigation=(NavItem("Imports", "imports", IMPORT_CLIENTS, position=80),),
    settings=(RETAIN_IMPORTS,),
    body_limits={"/imports": "upload_limit"},
    tasks={
        "resume_import": N_("Go on with the import of %(name)s"),
        "decide_import": N_("Decide about the import of %(name)s"),
    },
    task_names={
        "resume_import": N_("Import to go on with"),
        "decide_import": N_("Import to decide about"),
    },
    offers={
        "due": "due:due",
        "moved_to_client": "moving:moved_to_client",
        "erased_with_person": "erasing:erased_with_person",
        "expiring": "erasing:expiring",
    },
)
