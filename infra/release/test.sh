#!/usr/bin/env bash
# Builds a release of the checked-out commit in two clones in different folders, and compares every byte.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
version=v0.0.1-test

for clone in one two/deeper; do
	git clone --quiet --no-hardlinks . "$work/$clone"
	cd "$work/$clone"
	git config user.name Test
	git config user.email test@example.com
	sed "s/^## Unreleased$/## $version/" CHANGELOG.md >changed && mv changed CHANGELOG.md
	GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z git commit --quiet --all --message "$version"
	mkdir -p build
	cp -R "$OLDPWD/build/tools" build/tools
	make release VERSION=$version
	(cd build/release/$version && sha256sum --check --quiet SHA256SUMS)
	git tag --list --format '%(contents:subject)' | grep --quiet --fixed-strings --line-regexp "Arxkeys $version"
	if make release VERSION=$version 2>"$work/refused"; then echo "a tag that exists was released again"; exit 1; fi
	grep --quiet 'the tag .* exists' "$work/refused" || { cat "$work/refused"; exit 1; }
	cd "$OLDPWD"
done

diff -r "$work/one/build/release" "$work/two/deeper/build/release"
cd "$work/one/build/release/$version"
for archive in *.tar.gz; do
	tar -tzf "$archive" >"$work/names"
	for name in LICENSE THIRD-PARTY-NOTICES.md sbom.cyclonedx.json; do
		grep --quiet --line-regexp "$name" "$work/names" || { echo "$archive has no $name"; exit 1; }
	done
	echo "$archive: $(wc -l <"$work/names") files"
done
tar -xzf arxkeys-$version-functions.tar.gz -C "$work"
tar -xzf arxkeys-$version-template.tar.gz -C "$work"
sed -n 's/^ *CodeUri: //p' "$work/template.yaml" | while read -r code; do
	test -x "$work/$code/bootstrap" || { echo "template.yaml names $code, which the archive does not have"; exit 1; }
done
grep --quiet 'aws-sdk-go-v2' "$work/THIRD-PARTY-NOTICES.md"
grep --quiet "\"version\": \"$version\"" "$work/sbom.cyclonedx.json"
echo "both clones give the same release"
