"""Changes of who may act for an account: permissions and groups of auth.iost (spec/natives.md §6)."""

from __future__ import annotations

from collections.abc import Callable

from engine.values import TransactionRequest
from ide.chain.accounts.requests import AccountForm, FormField, Kind, Values, action, request

_ACCOUNT = FormField("from", "Account", Kind.ACCOUNT)
_PERMISSION = FormField("permission", "Permission", Kind.PERMISSION, hint="such as transfer")
_GROUP = FormField("group", "Group", Kind.GROUP)
_ITEM = FormField("item", "Key or account", Kind.ITEM, hint="a public key, or account@permission")
_WEIGHT = FormField("weight", "Weight", Kind.WEIGHT, "100")
_THRESHOLD = FormField("threshold", "Weight needed", Kind.WEIGHT, "100")
_NUMBERS = {_WEIGHT.id, _THRESHOLD.id}


def _build(method: str, fields: tuple[FormField, ...]) -> Callable[[Values], TransactionRequest]:
    def build(values: Values) -> TransactionRequest:
        account = values[_ACCOUNT.id]
        arguments = [int(values[field.id]) if field.id in _NUMBERS else values[field.id] for field in fields]
        # Only the owner may change who may act.
        return request(account, action("auth.iost", method, account, *arguments), signers=(f"{account}@owner",))

    return build


def _form(method: str, title: str, verb: str, about: str, *fields: FormField) -> AccountForm:
    return AccountForm(method, title, verb, about, (_ACCOUNT, *fields), _build(method, fields))


PERMISSION_FORMS = (
    _form(
        "assignPermission",
        "Let somebody act",
        "Assign",
        "Gives a key, or another account's permission, a weight in a permission, or another weight.",
        _PERMISSION,
        _ITEM,
        _WEIGHT,
    ),
    _form(
        "revokePermission",
        "Let somebody act no longer",
        "Revoke",
        "Takes a key or account out of a permission.",
        _PERMISSION,
        _ITEM,
    ),
    _form(
        "addPermission",
        "Add a permission",
        "Add",
        "A permission of its own, such as transfer: whoever reaches the weight needed may do that much and no more.",
        _PERMISSION,
        _THRESHOLD,
    ),
    _form(
        "dropPermission",
        "Drop a permission",
        "Drop",
        "Removes a permission; owner and active always stay.",
        _PERMISSION,
    ),
    _form("addGroup", "Add a group", "Add", "A group names keys and accounts for several permissions.", _GROUP),
    _form("dropGroup", "Drop a group", "Drop", "Removes a group; permissions that name it ignore it then.", _GROUP),
    _form(
        "assignGroup",
        "Put into a group",
        "Put in",
        "Gives a key, or another account's permission, a weight in a group.",
        _GROUP,
        _ITEM,
        _WEIGHT,
    ),
    _form("revokeGroup", "Take out of a group", "Take out", "Takes a key or account out of a group.", _GROUP, _ITEM),
    _form(
        "assignPermissionToGroup",
        "Let a group act",
        "Assign",
        "Everybody in the group counts in the permission, with the weight that the group gives.",
        _PERMISSION,
        _GROUP,
    ),
    _form(
        "revokePermissionInGroup",
        "Let a group act no longer",
        "Revoke",
        "The group does not count in the permission any more.",
        _PERMISSION,
        _GROUP,
    ),
)
"""Each is one method of auth.iost, whose name is the form's id."""
