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

// asker is the caller's item, which is read before the verification.
var asker = table.ManagementCredential("mgk_0123456789abcdef")

func TestPrefetchReadsTheKeyWithItsCaller(t *testing.T) {
	s := newScene(t, keys.Limits{})
	request := api.VerifyKeyRequest{Key: api.ClearText(s.secret.Reveal())}
	// ask reads the caller together with the request's key, and verifies the key.
	ask := func(what string, key api.ClearText, code api.Code, want ...string) {
		t.Helper()
		p := s.Prefetch(func() (api.VerifyKeyRequest, error) { return request, nil })
		if item, err := s.db.GetWith(t.Context(), asker, p); err != nil || item != nil {
			t.Fatalf("%s: %v, %v", what, item, err)
		}
		got, err := s.VerifyPrefetched(t.Context(), tenant, api.VerifyKeyRequest{Key: key}, p)
		if err != nil || got.Code != code {
			t.Errorf("%s: %+v, %v, want %s", what, got, err, code)
		}
		if diff := cmp.Diff(want, s.engine.since()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", what, diff)
		}
	}
	ask("first use of a key", request.Key, api.CodeValid, "BatchGetItem", "BatchGetItem")
	ask("warm", request.Key, api.CodeValid, "BatchGetItem")
	s.gates = gatestore.New(s.db, time.Hour)
	ask("its cached gates have expired", request.Key, api.CodeValid, "BatchGetItem")
	ask("with another key than was read", "arxk_tst_nothing", api.CodeMalformed, "BatchGetItem")

	request.Key = "arxk_tst_nothing"
	ask("no key", request.Key, api.CodeMalformed, "GetItem")
	other := newScene(t, keys.Limits{})
	request.Key = api.ClearText(other.secret.Reveal())
	ask("an unknown key", request.Key, api.CodeNotFound, "BatchGetItem")
}

// A verification never uses what was prefetched for another key, or before Take was called.
func TestVerifyReadsWhatWasNotPrefetched(t *testing.T) {
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
		p := s.Prefetch(read)
		if _, err := s.db.GetWith(t.Context(), asker, p); err != nil {
			t.Fatal(err)
		}
		if got, err := s.VerifyPrefetched(t.Context(), tenant, api.VerifyKeyRequest{Key: key}, p); err != nil || !got.Valid {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	never := s.Prefetch(func() (api.VerifyKeyRequest, error) { return api.VerifyKeyRequest{Key: key}, nil })
	if got, err := s.VerifyPrefetched(t.Context(), tenant, api.VerifyKeyRequest{Key: key}, never); err != nil || !got.Valid {
		t.Errorf("the caller is known: %+v, %v", got, err)
	}
}

func TestFailedPrefetchIsEmpty(t *testing.T) {
	s := newScene(t, keys.Limits{})
	s.engine.fail["BatchGetItem"] = errors.New("dial: refused")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	p := s.Prefetch(func() (api.VerifyKeyRequest, error) {
		return api.VerifyKeyRequest{Key: api.ClearText(s.secret.Reveal())}, nil
	})
	if item, err := s.db.GetWith(ctx, asker, p); err == nil || item != nil {
		t.Errorf("%v, %v", item, err)
	}
}
