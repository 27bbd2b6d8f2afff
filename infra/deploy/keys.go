package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// defaultTenant is the tenant of a stack with one tenant only.
const defaultTenant = "default"

// table returns the stack's table, with the credentials of this run. The API would need an owner's credentials.
func (s *session) table(found *stack) *table.Table {
	client := dynamodb.New(s.tables.Options(), func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }) // package table retries
	return table.Checked(client, found.outputs["TableName"], table.Check{})
}

// madeBy returns the valid management keys that the person made, newest first, and those that were made with them.
func (s *session) madeBy(ctx context.Context, found *stack, is person) ([]managementkeys.ManagementKey, error) {
	db, tenant := s.table(found), cmp.Or(is.tenant, defaultTenant)
	var all []managementkeys.ManagementKey
	now := time.Now()
	for cursor := ""; ; {
		page, _, next, err := managementkeystore.New(db).List(ctx, tenant, api.ListManagementKeysRequest{
			Page: api.Page{Limit: api.MaxPageItems, Cursor: cursor}, Status: api.ManagementKeyActive,
		}, now)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); next == nil {
			break
		}
		cursor = *next
	}
	makers := map[string]api.By{} // by id of a management key
	for _, m := range all {
		makers[m.ID] = m.CreatedBy
	}
	var made []managementkeys.ManagementKey
	for _, m := range all {
		by, err := origin(ctx, auditstore.New(db), tenant, makers, m.CreatedBy)
		if err != nil {
			return nil, err
		}
		if by.Kind == api.Person && by.ID == is.subject {
			made = append(made, m)
		}
	}
	return made, nil
}

// origin returns the person that the chain of creators begins with. A management key that no longer exists is found in
// the audit events. If these are gone too, origin returns that management key.
func origin(ctx context.Context, events *auditstore.Events, tenant string, makers map[string]api.By, by api.By) (api.By, error) {
	for by.Kind == api.ManagementKey {
		maker, known := makers[by.ID]
		if !known {
			page, err := events.List(ctx, tenant, api.ListEventsRequest{ResourceID: by.ID, Action: api.CreateManagementKey.Name})
			if err != nil {
				return api.By{}, fmt.Errorf("find who made the management key %s: %w", by.ID, err)
			}
			if len(page.Rows) == 0 {
				return by, nil
			}
			maker = page.Rows[0].Principal
			makers[by.ID] = maker
		}
		by = maker
	}
	return by, nil
}

// decide returns whether the management keys are to be deleted, as MANAGEMENT_KEYS or the person at the terminal says.
func (s *session) decide(ctx context.Context, email string, made []managementkeys.ManagementKey) (remove bool, err error) {
	answer := s.env("MANAGEMENT_KEYS")
	if len(made) == 0 {
		return false, nil
	}
	s.say("valid management keys that %s made, or that were made with them:", email)
	for _, m := range made {
		s.say("  %s  %s  %s, until %s", m.ID, m.Name, m.Role, m.ExpiresAt.Format(time.DateOnly))
	}
	if answer == "" && isTerminal(s.in) {
		if answer, err = s.ask(ctx, "Programs may use them. Type delete to delete them now, or keep to keep them: "); err != nil {
			return false, err
		}
	}
	switch answer {
	case "delete", "keep":
		return answer == "delete", nil
	}
	return false, fmt.Errorf("nothing is changed, because %s made %d management keys: say MANAGEMENT_KEYS=delete to delete them, or MANAGEMENT_KEYS=keep to keep them", email, len(made))
}

// isTerminal reports whether the input is a device at which somebody may type.
func isTerminal(in any) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// deleteKeys deletes the management keys as the API does, with an audit event for each. The events name the AWS identity
// of this run.
func (s *session) deleteKeys(ctx context.Context, found *stack, made []managementkeys.ManagementKey) error {
	caller, err := s.caller.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fmt.Errorf("find the AWS identity: %w", err)
	}
	store := managementkeystore.New(s.table(found))
	for _, m := range made {
		by := auth.Principal{Kind: api.Person, ID: aws.ToString(caller.Arn), Name: aws.ToString(caller.Arn), Tenant: m.Tenant, Role: api.Owner}
		_, err := store.Delete(ctx, m.Tenant, m.ID, managementkeys.Deletion(by, api.Conditional{}, time.Now(), rand.Reader))
		if problem.Is(err, problem.NotFound) { // deleted meanwhile
			continue
		}
		if err != nil {
			return err
		}
		s.say("deleted the management key %s, %s", m.ID, m.Name)
	}
	return nil
}
