package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// patience is how long the console and the API may take to respond after a deployment. A new distribution and a new
// name need minutes to become known everywhere.
const patience = 10 * time.Minute

// wait returns when the console at its address is the one that was uploaded, and the API responds there.
func (s *session) wait(ctx context.Context, found *stack, site []object) error {
	at := found.outputs["ConsoleUrl"]
	if domain := found.parameters["ConsoleDomain"]; domain != "" && found.parameters["HostedZoneId"] == "" {
		s.say("%s must be a CNAME record for %s, or an alias", domain, found.outputs["DistributionDomain"])
	}
	deadline := time.Now().Add(patience)
	for told := ""; ; {
		err := apiResponds(ctx, at)
		if err == nil {
			err = consoleIs(ctx, at, site)
		}
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if err.Error() != told {
			told = err.Error()
			s.say("waiting: %s", told)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the stack is deployed, but does not respond: %w; mend the cause, then run make deploy again", err)
		}
		if err := sleep(ctx, poll); err != nil {
			return err
		}
	}
}

// apiResponds returns an error unless the API refuses a request without a credential, which takes all parts of it except
// the table.
func apiResponds(ctx context.Context, at string) error {
	status, _, err := get(ctx, at+"/v1/me")
	if err == nil && status != http.StatusUnauthorized {
		err = fmt.Errorf("%s/v1/me returns status %d, not 401", at, status)
	}
	return err
}

// consoleIs returns an error unless the page and the configuration are the uploaded ones.
func consoleIs(ctx context.Context, at string, site []object) error {
	for _, page := range []struct{ path, name string }{{"/", hosting.Page}, {"/" + hosting.Config, hosting.Config}} {
		status, body, err := get(ctx, at+page.path)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(site, func(o object) bool { return o.Name == page.name })
		if status != http.StatusOK || !bytes.Equal(body, site[i].content) {
			return fmt.Errorf("%s%s returns status %d, and not the uploaded %s", at, page.path, status, page.name)
		}
	}
	return nil
}
