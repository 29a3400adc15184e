"""Exit 0 when this container's own port answers a path with 200: `python -I -S healthy.py 8000 /readyz`."""

import sys
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=4)
connection.request("GET", sys.argv[2])
sys.exit(connection.getresponse().status != 200)
