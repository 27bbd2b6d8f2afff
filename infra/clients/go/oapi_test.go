package clients

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/arxkeys/arxkeys/infra/clients/go/oapiclient"
)

func TestOapiCodegenClientHandlesTheLifeOfAKey(t *testing.T) {
	api, credential := environment(t)
	c, err := oapiclient.NewClientWithResponses(api, oapiclient.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+credential)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	walk(t, oapi{c, t.Context()})
}

// oapi is the client that oapi-codegen generates with its defaults.
type oapi struct {
	*oapiclient.ClientWithResponses
	ctx context.Context
}

// answered returns the response, or an error with the unexpected body.
func answered[T any](answer *T, body []byte) (T, error) {
	if answer == nil {
		var none T
		return none, fmt.Errorf("unexpected response: %s", body)
	}
	return *answer, nil
}

func (c oapi) createApplication(name string) (string, error) {
	res, err := c.ApplicationsCreateWithResponse(c.ctx, nil, oapiclient.CreateApplicationRequest{Name: name, Technology: oapiclient.Technology("server")})
	if err != nil {
		return "", err
	}
	a, err := answered(res.JSON201, res.Body)
	return a.Id, err
}

func (c oapi) createArx(name string) (string, error) {
	res, err := c.ArxesCreateWithResponse(c.ctx, nil, oapiclient.CreateArxRequest{Name: name, Regions: []string{"eu-central-1"}})
	if err != nil {
		return "", err
	}
	a, err := answered(res.JSON201, res.Body)
	return a.Id, err
}

func (c oapi) createKey(applicationID, arxID, idempotencyKey string) (id, accessKey string, err error) {
	res, err := c.KeysCreateWithResponse(c.ctx, &oapiclient.KeysCreateParams{IdempotencyKey: &idempotencyKey}, oapiclient.CreateKeyRequest{ApplicationId: applicationID, ArxId: arxID})
	if err != nil {
		return "", "", err
	}
	created, err := answered(res.JSON201, res.Body)
	return created.Key.Id, value(created.AccessKey), err
}

func (c oapi) verify(accessKey, arxID string) (bool, string, error) {
	res, err := c.KeysVerifyWithResponse(c.ctx, oapiclient.VerifyKeyRequest{Key: accessKey, ArxId: &arxID})
	if err != nil {
		return false, "", err
	}
	v, err := answered(res.JSON200, res.Body)
	return v.Valid, string(v.Code), err
}

func (c oapi) rotate(id string) (string, error) {
	res, err := c.KeysRotateWithResponse(c.ctx, id, nil, oapiclient.RotateKeyRequest{OverlapSeconds: 0})
	if err != nil {
		return "", err
	}
	rotated, err := answered(res.JSON200, res.Body)
	return value(rotated.AccessKey), err
}

func (c oapi) disable(id string) (string, error) {
	res, err := c.KeysDisableWithResponse(c.ctx, id, nil)
	if err != nil {
		return "", err
	}
	k, err := answered(res.JSON200, res.Body)
	return string(k.Status), err
}

func (c oapi) enable(id string) (string, error) {
	res, err := c.KeysEnableWithResponse(c.ctx, id, nil)
	if err != nil {
		return "", err
	}
	k, err := answered(res.JSON200, res.Body)
	return string(k.Status), err
}

func (c oapi) rename(id, name string) (string, error) {
	res, err := c.KeysUpdateWithResponse(c.ctx, id, nil, oapiclient.UpdateKeyRequest{Name: &name})
	if err != nil {
		return "", err
	}
	k, err := answered(res.JSON200, res.Body)
	return k.Name, err
}

func (c oapi) delete(id string) (string, error) {
	res, err := c.KeysDeleteWithResponse(c.ctx, id, nil)
	if err != nil {
		return "", err
	}
	k, err := answered(res.JSON200, res.Body)
	return string(k.Status), err
}

func (c oapi) list() (ids []string, err error) {
	limit := 100
	res, err := c.KeysListWithResponse(c.ctx, &oapiclient.KeysListParams{Limit: &limit})
	if err != nil {
		return nil, err
	}
	list, err := answered(res.JSON200, res.Body)
	for _, k := range list.Items {
		ids = append(ids, k.Id)
	}
	return ids, err
}

func (c oapi) missing(id string) (string, error) {
	res, err := c.KeysGetWithResponse(c.ctx, id)
	if err != nil {
		return "", err
	}
	p, err := answered(res.ApplicationproblemJSON404, res.Body)
	return string(p.Code), err
}

// value returns the string, or an empty one for null.
func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
