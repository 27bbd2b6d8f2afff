#!/usr/bin/env bash
# Installs the DynamoDB engine for this platform if the npm lock file does not include it: the lock file has linux-x64
# only. It asks npm for the platform's package in the same version. If npm has none, it prints what to do and does not
# fail, because another engine may be configured.
set -euo pipefail
cd "$(dirname "$0")"
platform=${1:-$(node -p 'process.platform + "-" + process.arch')}
package=@dynoxide/$platform
version=$(node -p 'require("./package.json").optionalDependencies["@dynoxide/linux-x64"]')

if [ -e "node_modules/$package" ] || [ -n "${DYNOXIDE:-}${DYNAMODB_ENDPOINT:-}" ] || command -v dynoxide >/dev/null; then exit 0; fi
if ! npm install --no-save --no-package-lock --ignore-scripts --loglevel=silent "$package@$version" >/dev/null; then
	echo "npm has no $package@$version: set DYNOXIDE to a dynoxide binary, or DYNAMODB_ENDPOINT to a running engine, such as http://127.0.0.1:8000 for DynamoDB Local" >&2
fi
