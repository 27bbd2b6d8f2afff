package fill

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// ManagementKey creates a management key with the role owner for the tenant, in the table.
func ManagementKey(ctx context.Context, client *dynamodb.Client, name, tenant string) (string, error) {
	by := owner(tenant)
	now := time.Now()
	m, secret, err := managementkeys.New(by, api.CreateManagementKeyRequest{Name: "measuring " + rand.Text(), Role: api.Owner}, managementkeys.DefaultMaxLife, now, rand.Reader)
	if err != nil {
		return "", fmt.Errorf("create a management key: %w", err)
	}
	e, err := audit.New(by, api.CreateManagementKey.Name, m.Resource(), m.Created(), "", now, rand.Reader)
	if err != nil {
		return "", err
	}
	if err := managementkeystore.New(table.New(client, name)).Create(ctx, m, secret.Digest(), e, requeststore.Request{}); err != nil {
		return "", err
	}
	return secret.Reveal(), nil
}

func owner(tenant string) auth.Principal {
	return auth.Principal{Kind: api.Person, ID: "fill", Name: "owner@example.com", Tenant: tenant, Role: api.Owner}
}
