package verification

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// asker is something that lies elsewhere and is read before the verification: who asks.
var asker = table.ManagementCredential("mgk_0123456789abcdef")

func TestWhatAVerificationReadsIsReadWithWhoAsks(t *testing.T) {
	s := newScene(t, keys.Limits{})
	request := api.VerifyKeyRequest{Key: api.ClearText(s.secret.Reveal())}
	// ask reads who asks with a context for the request, and verifies the key with it.
	ask := func(what string, key api.ClearText, code api.Code, want ...string) {
		t.Helper()
		ctx := s.Ahead(t.Context(), func() (api.VerifyKeyRequest, error) { return request, nil })
		if item, err := s.db.GetAlong(ctx, asker); err != nil || item != nil {
			t.Fatalf("%s: %v, %v", what, item, err)
		}
		got, err := s.Verify(ctx, tenant, api.VerifyKeyRequest{Key: key})
		if err != nil || got.Code != code {
			t.Errorf("%s: %+v, %v, want %s", what, got, err, code)
		}
		if diff := cmp.Diff(want, s.engine.since()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", what, diff)
		}
	}
	ask("a key's first", request.Key, api.CodeValid, "BatchGetItem", "BatchGetItem")
	ask("warm", request.Key, api.CodeValid, "BatchGetItem")
	s.gates = gatestore.New(s.db, time.Hour)
	ask("its gates are too old", request.Key, api.CodeValid, "BatchGetItem")
	ask("with another key than was read", "arxk_tst_nothing", api.CodeMalformed, "BatchGetItem")

	request.Key = "arxk_tst_nothing"
	ask("no key", request.Key, api.CodeMalformed, "GetItem")
	other := newScene(t, keys.Limits{})
	request.Key = api.ClearText(other.secret.Reveal())
	ask("a key that is not there", request.Key, api.CodeNotFound, "BatchGetItem")
}

// A verification never takes what was read for another key, nor before it was read.
func TestWhatWasNotReadAheadIsRead(t *testing.T) {
	s := newScene(t, keys.Limits{})
	key := api.ClearText(s.secret.Reveal())
	for name, read := range map[string]func() (api.VerifyKeyRequest, error){
		"a bad request": func() (api.VerifyKeyRequest, error) { return api.VerifyKeyRequest{}, errors.New("bad") },
		"a management key": func() (api.VerifyKeyRequest, error) {
			return api.VerifyKeyRequest{Key: "arxm_0123456789abcdef"}, nil
		},
		"another key": func() (api.VerifyKeyRequest, error) {
			return api.VerifyKeyRequest{Key: api.ClearText(newScene(t, keys.Limits{}).secret.Reveal())}, nil
		},
	} {
		ctx := s.Ahead(t.Context(), read)
		if _, err := s.db.GetAlong(ctx, asker); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Verify(ctx, tenant, api.VerifyKeyRequest{Key: key}); err != nil || !got.Valid {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	never := s.Ahead(t.Context(), func() (api.VerifyKeyRequest, error) { return api.VerifyKeyRequest{Key: key}, nil })
	if got, err := s.Verify(never, tenant, api.VerifyKeyRequest{Key: key}); err != nil || !got.Valid {
		t.Errorf("who asks was known: %+v, %v", got, err)
	}
}

func TestReadingThatFailsTellsNothing(t *testing.T) {
	s := newScene(t, keys.Limits{})
	s.engine.fail["BatchGetItem"] = errors.New("dial: refused")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	ctx = s.Ahead(ctx, func() (api.VerifyKeyRequest, error) {
		return api.VerifyKeyRequest{Key: api.ClearText(s.secret.Reveal())}, nil
	})
	if item, err := s.db.GetAlong(ctx, asker); err == nil || item != nil {
		t.Errorf("%v, %v", item, err)
	}
}
