// Package gateways tests the configurations of gateways in this folder, which infra/docs/gateways.md shows: nginx, Caddy
// and HAProxy as the real servers, Envoy by replaying what its configuration sends. It contains tests only; make
// test-gateways runs them.
package gateways
