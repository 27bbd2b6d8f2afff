#!/usr/bin/env bash
# Installs the DynamoDB engine of this platform, where the lock file has none for it: it has the one for linux-x64. npm is
# asked for the platform's own package, in the version of the others. Where npm has none, this says what to do, and does
# not fail: whoever names another engine needs none.
set -euo pipefail
cd "$(dirname "$0")"
platform=${1:-$(node -p 'process.platform + "-" + process.arch')}
package=@dynoxide/$platform
version=$(node -p 'require("./package.json").optionalDependencies["@dynoxide/linux-x64"]')

if [ -e "node_modules/$package" ] || [ -n "${DYNOXIDE:-}${DYNAMODB_ENDPOINT:-}" ] || command -v dynoxide >/dev/null; then exit 0; fi
if ! npm install --no-save --no-package-lock --ignore-scripts --loglevel=silent "$package@$version" >/dev/null; then
	echo "npm has no $package@$version: name a dynoxide binary in DYNOXIDE, or an engine that runs, such as DynamoDB Local, in DYNAMODB_ENDPOINT=http://127.0.0.1:8000" >&2
fi
