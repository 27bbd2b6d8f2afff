package main

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// tenantAttribute holds a person's tenant. Clients of the user pool can't write it.
const tenantAttribute = "custom:tenant"

// tokenLife is the lifetime of access tokens, as template.yaml sets it. They stay valid after every change here.
const tokenLife = "15 minutes"

// roles are the groups that give a role, the highest first.
var roles = []string{string(api.Owner), string(api.Admin), string(api.Developer), string(api.Verifier)}

// person is somebody in the user pool.
type person struct {
	email    string
	subject  string
	tenant   string // the attribute; empty if there is none
	enabled  bool
	signedIn bool // has replaced the temporary password
}

// person invites EMAIL, or changes their role. It enables them if they were removed. Repeating it changes nothing.
func (s *session) person(ctx context.Context) error {
	found, pool, err := s.userPool(ctx)
	if err != nil {
		return err
	}
	email, err := mailAddress("EMAIL", s.env("EMAIL"))
	if err != nil {
		return err
	}
	tenant, err := tenantOf(found, s.tenant)
	if err != nil {
		return err
	}
	is, err := s.findPerson(ctx, pool, email)
	if err != nil {
		return err
	}
	switch {
	case is == nil:
		if err := s.invite(ctx, pool, email, tenant); err != nil {
			return err
		}
		s.say("Cognito has sent an invitation to %s", email)
	case is.tenant != tenant && is.enabled && is.tenant != "":
		return fmt.Errorf("%s belongs to the tenant %s: remove them there first, with make person-remove STACK=%s EMAIL=%s", email, is.tenant, s.stack, email)
	default:
		if err := s.readmit(ctx, pool, *is, tenant); err != nil {
			return err
		}
	}
	return s.setRole(ctx, pool, email, s.env("ROLE"))
}

// readmit enables a person and sets the tenant, as far as it has to be done. RESEND=1 sends the invitation again.
func (s *session) readmit(ctx context.Context, pool string, is person, tenant string) error {
	if is.tenant != tenant {
		if _, err := s.people.AdminUpdateUserAttributes(ctx, &cognitoidentityprovider.AdminUpdateUserAttributesInput{
			UserPoolId: &pool, Username: &is.email, UserAttributes: []types.AttributeType{{Name: aws.String(tenantAttribute), Value: &tenant}},
		}); err != nil {
			return fmt.Errorf("set the tenant of %s: %w", is.email, err)
		}
	}
	if !is.enabled {
		if _, err := s.people.AdminEnableUser(ctx, &cognitoidentityprovider.AdminEnableUserInput{UserPoolId: &pool, Username: &is.email}); err != nil {
			return fmt.Errorf("enable %s: %w", is.email, err)
		}
		s.say("%s may sign in again", is.email)
	}
	if is.signedIn {
		return nil
	}
	if s.env("RESEND") == "" {
		s.say("%s has not signed in yet. RESEND=1 sends a new invitation; the temporary password is valid for 7 days", is.email)
		return nil
	}
	if _, err := s.people.AdminCreateUser(ctx, &cognitoidentityprovider.AdminCreateUserInput{
		UserPoolId: &pool, Username: &is.email, MessageAction: types.MessageActionTypeResend, UserAttributes: attributes(is.email, tenant),
	}); err != nil {
		return fmt.Errorf("invite %s again: %w", is.email, err)
	}
	s.say("Cognito has sent a new invitation to %s", is.email)
	return nil
}

// setRole moves the person to the group of the role. Groups that give no role stay.
func (s *session) setRole(ctx context.Context, pool, email, role string) error {
	groups, _, err := s.groups(ctx, pool, email)
	if err != nil {
		return err
	}
	before := slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return !groups[r] })
	if slices.Equal(before, []string{role}) {
		s.say("%s is %s %s already", email, article(role), role)
		return nil
	}
	if !groups[role] {
		if err := s.join(ctx, pool, email, role); err != nil {
			return err
		}
	}
	for _, other := range before {
		if other != role {
			if err := s.leave(ctx, pool, email, other); err != nil {
				return err
			}
		}
	}
	s.say("%s is %s %s", email, article(role), role)
	if len(before) > 0 {
		s.say("their access tokens have the former role for up to %s", tokenLife)
	}
	return nil
}

func article(role string) string {
	if strings.ContainsAny(role[:1], "aeiou") {
		return "an"
	}
	return "a"
}

// removePerson disables EMAIL, signs them out everywhere, takes their role, and deletes or keeps the management keys that
// they made. Their account stays, so that audit events keep their meaning. Repeating it completes it.
func (s *session) removePerson(ctx context.Context) error {
	found, pool, err := s.userPool(ctx)
	if err != nil {
		return err
	}
	email, err := mailAddress("EMAIL", s.env("EMAIL"))
	if err != nil {
		return err
	}
	is, err := s.findPerson(ctx, pool, email)
	if err != nil {
		return err
	}
	if is == nil {
		return fmt.Errorf("the user pool of the stack %s has no person %s", s.stack, email)
	}
	made, err := s.madeBy(ctx, found, *is)
	switch {
	case err == nil:
	case s.env("MANAGEMENT_KEYS") == "keep": // such as during a restore; taking the role must not wait for that
		s.say("the management keys cannot be read: %v", err)
	default:
		return fmt.Errorf("nothing is changed, because the management keys cannot be read: %w; MANAGEMENT_KEYS=keep removes %s all the same", err, email)
	}
	remove, err := s.decide(ctx, email, made)
	if err != nil { // before anything is changed
		return err
	}
	if _, err := s.people.AdminDisableUser(ctx, &cognitoidentityprovider.AdminDisableUserInput{UserPoolId: &pool, Username: &email}); err != nil {
		return fmt.Errorf("disable %s: %w", email, err)
	}
	if _, err := s.people.AdminUserGlobalSignOut(ctx, &cognitoidentityprovider.AdminUserGlobalSignOutInput{UserPoolId: &pool, Username: &email}); err != nil {
		return fmt.Errorf("sign out %s: %w", email, err)
	}
	groups, _, err := s.groups(ctx, pool, email)
	if err != nil {
		return err
	}
	for _, role := range roles {
		if groups[role] {
			if err := s.leave(ctx, pool, email, role); err != nil {
				return err
			}
		}
	}
	s.say("%s can't sign in any more, and is signed out everywhere", email)
	if remove {
		if err := s.deleteKeys(ctx, found, made); err != nil {
			return err
		}
	}
	s.say("access tokens that they have stay valid for up to %s, also to make management keys; repeat this command then", tokenLife)
	return nil
}

// userPool returns the stack and the id of its user pool.
func (s *session) userPool(ctx context.Context) (*stack, string, error) {
	found, err := s.existing(ctx)
	if err != nil {
		return nil, "", err
	}
	pool := found.outputs["UserPoolId"]
	if pool == "" {
		return nil, "", fmt.Errorf("people of the stack %s sign in at %s: add and remove them there", s.stack, found.parameters["OidcIssuer"])
	}
	return found, pool, nil
}

// mailAddress returns the address in the setting with the name, in lower case, which is how the user pool compares
// addresses.
func mailAddress(name, text string) (string, error) {
	at, err := mail.ParseAddress(text)
	if err != nil || at.Address != text || !strings.Contains(text[strings.LastIndex(text, "@"):], ".") {
		return "", fmt.Errorf("%s is %q: use an e-mail address, such as %[1]s=ann@example.com", name, text)
	}
	return strings.ToLower(text), nil
}

// tenantOf returns the tenant of a new person in the stack, from what was asked for.
func tenantOf(found *stack, asked string) (string, error) {
	several := found.parameters["TenantClaim"] != ""
	switch {
	case several && !auth.ValidTenant(asked):
		return "", fmt.Errorf("TENANT is %q: the stack has several tenants, so name the person's, in 1 to 63 characters of a-z, 0-9 and -", asked)
	case !several && asked != "":
		return "", errors.New("TENANT is set, but the stack has one tenant only: deploy it with PARAMETERS=TenantClaim=tenant for several")
	}
	return asked, nil
}

// findPerson returns the person, or nil if the user pool has none with the address.
func (c *clients) findPerson(ctx context.Context, pool, email string) (*person, error) {
	user, err := c.people.AdminGetUser(ctx, &cognitoidentityprovider.AdminGetUserInput{UserPoolId: &pool, Username: &email})
	if _, absent := errors.AsType[*types.UserNotFoundException](err); absent {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", email, err)
	}
	p := person{email: email, enabled: user.Enabled, signedIn: user.UserStatus != types.UserStatusTypeForceChangePassword}
	for _, a := range user.UserAttributes {
		switch aws.ToString(a.Name) {
		case "sub":
			p.subject = aws.ToString(a.Value)
		case tenantAttribute:
			p.tenant = aws.ToString(a.Value)
		}
	}
	return &p, nil
}

// leave removes the person from the group.
func (c *clients) leave(ctx context.Context, pool, email, group string) error {
	if _, err := c.people.AdminRemoveUserFromGroup(ctx, &cognitoidentityprovider.AdminRemoveUserFromGroupInput{UserPoolId: &pool, Username: &email, GroupName: &group}); err != nil {
		return fmt.Errorf("remove %s from the group %s: %w", email, group, err)
	}
	return nil
}
