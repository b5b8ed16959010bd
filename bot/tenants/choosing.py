"""The municipalities that the settings name, and the one among them that a command is for."""

from __future__ import annotations

from bot.settings import Settings
from bot.tenants.inheriting import check_common
from bot.tenants.tenants_file import TenantsError, read_tenants


def tenants_of(common: Settings) -> tuple[Settings, ...]:
    """The settings of each municipality; none where there is no list of them.

    Raises TenantsError where the list has mistakes, and ConfigurationError where the common settings don't go with one.
    """
    if common.tenants is None:
        return ()
    check_common(common)
    return read_tenants(common.tenants, common)


def chosen_tenant(common: Settings) -> Settings:
    """The settings of the municipality that is chosen: the common ones where there is no list. Raises as `tenants_of`
    does, and TenantsError where none is chosen, or one that there isn't."""
    tenants = {each.tenant: each for each in tenants_of(common)}
    if common.tenant in tenants:
        return tenants[common.tenant]
    if not tenants and not common.tenant:
        return common
    if not tenants:
        raise TenantsError(f"there is no municipality {common.tenant!r}: MOTEPLASSEN_TENANTS names no list of them")
    told = f"there is no municipality {common.tenant!r}" if common.tenant else "there are several municipalities"
    raise TenantsError(f"{told}; say which with `moteplassen --tenant ID …`: {', '.join(tenants)}")
