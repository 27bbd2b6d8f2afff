package main

import (
	"context"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

func get(_ context.Context, by auth.Principal, _ api.Nothing) (api.Me, error) {
	return api.Me{Principal: by.By(), Tenant: by.Tenant, Role: by.Role, Can: by.Permissions()}, nil
}
