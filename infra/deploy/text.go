package main

import "fmt"

// plan says what a deployment is about to do.
func (s *session) plan(found *stack) string {
	if found != nil {
		return fmt.Sprintf("updating the stack %s in %s", s.stack, s.config.Region)
	}
	return fmt.Sprintf(`creating the stack %s in %s:
  - a DynamoDB table with backups, a Lambda function for each operation, an HTTP API
  - a private S3 bucket with the console, and a CloudFront distribution in front of both
  - a Cognito user pool, unless OidcIssuer names another provider
At rest all of it costs about $0.04 a month, for the scheduled jobs. infra/docs/deploy.md lists the prices.
make destroy STACK=%[1]s removes it, and keeps the data.
This takes about ten minutes, most of them for the distribution.
`, s.stack, s.config.Region)
}

// next says where the console is, and what to do now.
func (s *session) next(found *stack) string {
	at := found.outputs["ConsoleUrl"]
	switch {
	case !found.ownPool():
		return fmt.Sprintf("Arxkeys is at %s\nNext: at %s, add the first owner to a group named owner, in the claim %s. Then sign in.", at, found.parameters["OidcIssuer"], found.parameters["GroupsClaim"])
	case s.adminEmail != "":
		return fmt.Sprintf("Arxkeys is at %s\nNext: sign in as %s. The temporary password in the invitation is valid for 7 days.", at, s.adminEmail)
	default:
		return "Arxkeys is at " + at
	}
}
