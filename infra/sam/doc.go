// Package sam tests template.yaml and the functions with AWS's own tools: the SAM CLI in Docker, the SAM translator, and
// a simulator of IAM policies. It contains tests only; make test-sam runs them.
package sam
