"""How a service is built: use cases, transactions, settings, HTTP, and nothing of any trade."""

import zoneinfo

# The rules of time zones come from the pinned package alone. By default Python prefers the machine's own
# files, which may be years older: then an hour of British Columbia depends on the machine.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
