package clients

import (
	"context"
	"fmt"
	"testing"

	"github.com/arxkeys/arxkeys/infra/clients/go/ogenclient"
)

func TestOgenClientHandlesTheLifeOfAKey(t *testing.T) {
	api, credential := environment(t)
	c, err := ogenclient.NewClient(api, bearer(credential))
	if err != nil {
		t.Fatal(err)
	}
	walk(t, ogen{c, t.Context()})
}

// bearer is the caller's management key.
type bearer string

func (b bearer) Bearer(context.Context, ogenclient.OperationName) (ogenclient.Bearer, error) {
	return ogenclient.Bearer{Token: string(b)}, nil
}

func (bearer) AccessKey(context.Context, ogenclient.OperationName) (ogenclient.AccessKey, error) {
	return ogenclient.AccessKey{}, fmt.Errorf("no access key")
}

func (bearer) AccessKeyBearer(context.Context, ogenclient.OperationName) (ogenclient.AccessKeyBearer, error) {
	return ogenclient.AccessKeyBearer{}, fmt.Errorf("no access key")
}

// ogen is the client that ogen generates.
type ogen struct {
	*ogenclient.Client
	ctx context.Context
}

// of returns the response of a call, or an error if it has another type.
func of[T any](answer any, err error) (*T, error) {
	if err != nil {
		return new(T), err
	}
	wanted, ok := answer.(*T)
	if !ok {
		return new(T), fmt.Errorf("unexpected response: %+v", answer)
	}
	return wanted, nil
}

func (c ogen) createApplication(name string) (string, error) {
	a, err := of[ogenclient.ApplicationHeaders](c.ApplicationsCreate(c.ctx, &ogenclient.CreateApplicationRequest{Name: name, Technology: ogenclient.TechnologyServer}, ogenclient.ApplicationsCreateParams{}))
	return a.Response.ID, err
}

func (c ogen) createArx(name string) (string, error) {
	a, err := of[ogenclient.ArxHeaders](c.ArxesCreate(c.ctx, &ogenclient.CreateArxRequest{Name: name, Regions: []string{"eu-central-1"}}, ogenclient.ArxesCreateParams{}))
	return a.Response.ID, err
}

func (c ogen) createKey(applicationID, arxID, idempotencyKey string) (id, accessKey string, err error) {
	created, err := of[ogenclient.CreatedKeyHeaders](c.KeysCreate(c.ctx, &ogenclient.CreateKeyRequest{ApplicationID: applicationID, ArxID: arxID}, ogenclient.KeysCreateParams{IdempotencyKey: ogenclient.NewOptString(idempotencyKey)}))
	return created.Response.Key.ID, created.Response.AccessKey.Or(""), err
}

func (c ogen) verify(accessKey, arxID string) (bool, string, error) {
	v, err := of[ogenclient.VerificationHeaders](c.KeysVerify(c.ctx, &ogenclient.VerifyKeyRequest{Key: accessKey, ArxID: ogenclient.NewOptString(arxID)}))
	return v.Response.Valid, string(v.Response.Code), err
}

func (c ogen) rotate(id string) (string, error) {
	rotated, err := of[ogenclient.KeysRotateOKHeaders](c.KeysRotate(c.ctx, &ogenclient.RotateKeyRequest{OverlapSeconds: 0}, ogenclient.KeysRotateParams{ID: id}))
	return rotated.Response.AccessKey.Or(""), err
}

func (c ogen) disable(id string) (string, error) {
	k, err := of[ogenclient.KeyHeaders](c.KeysDisable(c.ctx, ogenclient.KeysDisableParams{ID: id}))
	return string(k.Response.Status), err
}

func (c ogen) enable(id string) (string, error) {
	k, err := of[ogenclient.KeyHeaders](c.KeysEnable(c.ctx, ogenclient.KeysEnableParams{ID: id}))
	return string(k.Response.Status), err
}

func (c ogen) rename(id, name string) (string, error) {
	k, err := of[ogenclient.KeyHeaders](c.KeysUpdate(c.ctx, &ogenclient.UpdateKeyRequest{Name: ogenclient.NewOptNilString(name)}, ogenclient.KeysUpdateParams{ID: id}))
	return k.Response.Name, err
}

func (c ogen) delete(id string) (string, error) {
	k, err := of[ogenclient.KeyHeaders](c.KeysDelete(c.ctx, ogenclient.KeysDeleteParams{ID: id}))
	return string(k.Response.Status), err
}

func (c ogen) list() (ids []string, err error) {
	list, err := of[ogenclient.KeyListHeaders](c.KeysList(c.ctx, ogenclient.KeysListParams{Limit: ogenclient.NewOptInt(100)}))
	for _, k := range list.Response.Items {
		ids = append(ids, k.ID)
	}
	return ids, err
}

func (c ogen) missing(id string) (string, error) {
	p, err := of[ogenclient.NotFoundHeaders](c.KeysGet(c.ctx, ogenclient.KeysGetParams{ID: id}))
	return string(p.Response.Code), err
}
