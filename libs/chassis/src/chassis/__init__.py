"""How a service is built: use cases, transactions, settings, HTTP, and nothing of any trade."""

import zoneinfo

# Time zone rules come from the pinned package only. By default Python prefers the machine's own files, which
# may be years older, so that the hour in British Columbia would depend on the machine.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
