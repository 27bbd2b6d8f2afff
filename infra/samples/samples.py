"""The Python samples of the API reference. A sample is what is between the comments "sample" with an operation's name
and "end". A test runs them in their order."""

# sample all
import json
import os
import urllib.request


def arxkeys(method, path, body=None):
    """Call the API. An HTTPError has a problem document as its body."""
    request = urllib.request.Request(
        os.environ["ARXKEYS_URL"] + "/v1" + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": "Bearer " + os.environ["ARXKEYS_MANAGEMENT_KEY"],
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


# end
application_id, arx_id = os.environ["APPLICATION_ID"], os.environ["ARX_ID"]

# sample keys.create
created = arxkeys("POST", "/keys", {
    "application_id": application_id,
    "arx_id": arx_id,
    "name": "nightly export",
    "scopes": ["invoices:read"],
})
access_key = created["access_key"]  # only this response contains it
# end
key_id = created["key"]["id"]

# sample keys.verify
verdict = arxkeys("POST", "/keys/verify", {
    "key": access_key,
    "arx_id": arx_id,
    "scopes": ["invoices:read"],
})
print(verdict["valid"], verdict["code"])
# end

# sample keys.rotate
rotated = arxkeys("POST", f"/keys/{key_id}/rotate", {"overlap_seconds": 86400})
new_access_key = rotated["access_key"]  # the old one works for another day
# end

# sample keys.disable
disabled = arxkeys("POST", f"/keys/{key_id}/disable")
print(disabled["status"])
# end

# sample keys.enable
enabled = arxkeys("POST", f"/keys/{key_id}/enable")
print(enabled["status"])
# end

# sample keys.delete
deleted = arxkeys("DELETE", f"/keys/{key_id}")
print(deleted["status"])
# end
assert new_access_key != access_key
