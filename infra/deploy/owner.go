package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// firstOwner makes ADMIN_EMAIL an owner, if the stack has a user pool of its own. Without ADMIN_EMAIL there must be an
// owner already.
func (s *session) firstOwner(ctx context.Context, found *stack) error {
	if !found.ownPool() {
		return nil
	}
	pool := found.outputs["UserPoolId"]
	if s.adminEmail == "" {
		owners, err := s.people.ListUsersInGroup(ctx, &cognitoidentityprovider.ListUsersInGroupInput{UserPoolId: &pool, GroupName: aws.String("owner"), Limit: aws.Int32(1)})
		if err == nil && len(owners.Users) == 0 {
			err = errors.New("there is none: add ADMIN_EMAIL=…")
		}
		if err != nil {
			return fmt.Errorf("find an owner in the user pool: %w", err)
		}
		return nil
	}
	is, err := s.findPerson(ctx, pool, s.adminEmail)
	if err != nil {
		return err
	}
	if is != nil && !is.enabled {
		return fmt.Errorf("%s was removed and can't sign in: readmit them with make person EMAIL=%[1]s ROLE=owner, then run the same command again", s.adminEmail)
	}
	groups, exists, err := s.groups(ctx, pool, s.adminEmail)
	if err != nil || groups["owner"] {
		return err
	}
	if !exists {
		if err := s.invite(ctx, pool, s.adminEmail, s.tenant); err != nil {
			return err
		}
		s.say("Cognito has sent an invitation to %s", s.adminEmail)
	}
	if err := s.join(ctx, pool, s.adminEmail, "owner"); err != nil {
		return err
	}
	s.say("%s is an owner", s.adminEmail)
	return nil
}

// groups returns the groups of the person, and whether the user pool has the person.
func (c *clients) groups(ctx context.Context, pool, email string) (groups map[string]bool, exists bool, err error) {
	groups = map[string]bool{}
	pages := cognitoidentityprovider.NewAdminListGroupsForUserPaginator(c.people, &cognitoidentityprovider.AdminListGroupsForUserInput{UserPoolId: &pool, Username: &email})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if _, absent := errors.AsType[*types.UserNotFoundException](err); absent {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("read the groups of %s: %w", email, err)
		}
		for _, g := range page.Groups {
			groups[aws.ToString(g.GroupName)] = true
		}
	}
	return groups, true, nil
}

// invite creates the person in the user pool. Cognito sends an invitation with a temporary password. The tenant is empty
// if there is only one. Inviting a person who exists does nothing.
func (c *clients) invite(ctx context.Context, pool, email, tenant string) error {
	_, err := c.people.AdminCreateUser(ctx, &cognitoidentityprovider.AdminCreateUserInput{
		UserPoolId: &pool, Username: &email, UserAttributes: attributes(email, tenant), DesiredDeliveryMediums: []types.DeliveryMediumType{types.DeliveryMediumTypeEmail},
	})
	if _, exists := errors.AsType[*types.UsernameExistsException](err); exists {
		return nil
	}
	if err != nil {
		return fmt.Errorf("invite %s: %w", email, err)
	}
	return nil
}

// attributes returns those of a person who is invited.
func attributes(email, tenant string) []types.AttributeType {
	list := []types.AttributeType{
		{Name: aws.String("email"), Value: &email},
		{Name: aws.String("email_verified"), Value: aws.String("true")}, // only its reader knows the temporary password
	}
	if tenant != "" {
		list = append(list, types.AttributeType{Name: aws.String(tenantAttribute), Value: &tenant})
	}
	return list
}

// join adds the person to the group.
func (c *clients) join(ctx context.Context, pool, email, group string) error {
	if _, err := c.people.AdminAddUserToGroup(ctx, &cognitoidentityprovider.AdminAddUserToGroupInput{UserPoolId: &pool, Username: &email, GroupName: &group}); err != nil {
		return fmt.Errorf("add %s to the group %s: %w", email, group, err)
	}
	return nil
}
