"""Records of one person: possible duplicates, people who are known to be two, merging and its undoing (C3).

Every feature whose tables name a client offers as `moved_to_client` how its rows are moved.
"""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from support_svc.roles import CASEWORKER, SUPERVISOR

MERGE_CLIENTS = Permission("merge_clients", CASEWORKER, SUPERVISOR)
REVIEW_DUPLICATES = Permission("review_duplicates", SUPERVISOR)
UNDO_MERGE = Permission("undo_merge", SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(MERGE_CLIENTS, REVIEW_DUPLICATES, UNDO_MERGE),
    navigation=(NavItem("Possible duplicates", "possible_duplicates", REVIEW_DUPLICATES, position=22),),
    offers={
        "moved_to_client": "moving:moved_to_client",
        "differs_from": "commands:note_differences",
        "moved_records": "queries:moved_records",
        "erased_with_person": "erasing:erased_with_person",
    },
)
