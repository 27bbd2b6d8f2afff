package keys_test

import (
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Each case is an access key at a time during or outside the overlap.
func TestOlderAccessKeyIsValidOnlyDuringTheOverlap(t *testing.T) {
	newest, older, stranger := accesskey.Digest{1}, accesskey.Digest{2}, accesskey.Digest{3}
	until, expiry := noon.Add(time.Hour), noon.Add(2*time.Hour)
	for _, c := range []struct {
		name      string
		presented accesskey.Digest
		at        time.Time
		overlap   *time.Time
		change    func(*scene)
		want      api.Code
	}{
		{"newest, before", newest, noon, &until, nil, api.CodeValid},
		{"newest, after", newest, until, &until, nil, api.CodeValid},
		{"older, before", older, noon, &until, nil, api.CodeValid},
		{"older, at the last moment", older, until.Add(-time.Nanosecond), &until, nil, api.CodeValid},
		{"older, at the end", older, until, &until, nil, api.CodeNotFound},
		{"older, after", older, until.Add(time.Minute), &until, nil, api.CodeNotFound},
		{"older, no overlap", older, noon, nil, nil, api.CodeNotFound},
		{"a third, during the overlap", stranger, noon, &until, nil, api.CodeNotFound},
		{"older, of another tenant", older, noon, &until, func(s *scene) { s.q.Tenant = "other" }, api.CodeNotFound},
		{"older, deleted", older, noon, &until, func(s *scene) { s.credential.State = api.KeyDeleted }, api.CodeNotFound},
		{"older, none kept", accesskey.Digest{}, noon, &until, func(s *scene) { s.credential.OldDigest = nil }, api.CodeNotFound},
		{"older, disabled", older, noon, &until, func(s *scene) { s.credential.State = api.KeyDisabled }, api.CodeDisabled},
		{"older, expired before its overlap ends", older, noon, &until, func(s *scene) { s.credential.ExpiresAt = &noon }, api.CodeExpired},
		{"newest, expired", newest, expiry, &until, func(s *scene) { s.credential.ExpiresAt = &expiry }, api.CodeExpired},
		{"older, for another Arx", older, noon, &until, func(s *scene) { s.q.ArxID = "arx_2" }, api.CodeWrongArx},
		{"older, for a scope that it lacks", older, noon, &until, func(s *scene) { s.q.Scopes = []string{"z"} }, api.CodeInsufficientScope},
	} {
		s := good()
		s.credential.Digest, s.credential.OldDigest, s.credential.OverlapUntil = newest[:], older[:], c.overlap
		s.q.Digest, s.q.At = c.presented, c.at
		if c.change != nil {
			c.change(s)
		}
		if got := s.decide(); got.Code != c.want || got.Valid != (c.want == api.CodeValid) {
			t.Errorf("%s: %v %s, want %s", c.name, got.Valid, got.Code, c.want)
		}
	}
}

func TestOlderAccessKeyIsInUseOnlyIfItWasUsedSinceTheRotation(t *testing.T) {
	until := noon.Add(time.Hour)
	k := keys.Key{Row: keys.Row{LastFour: "new1", OverlapUntil: &until}, Older: "old1"}
	before := usage.LastUse{Newest: usage.Sight{At: noon.Add(-time.Minute), LastFour: "old1"}}
	if use := k.AccessKeys(before, noon); use.Older == nil || use.Older.LastUsedAt != nil || use.Newest.LastUsedAt != nil {
		t.Errorf("used before the rotation only: %+v, %+v", use.Newest, use.Older)
	}
	since := usage.LastUse{Newest: before.Newest, Older: usage.Sight{At: noon.Add(-time.Second), LastFour: "old1"}}
	if use := k.AccessKeys(since, noon); use.Older.LastUsedAt == nil || !use.Older.LastUsedAt.Equal(since.Older.At) {
		t.Errorf("used since the rotation: %+v", use.Older)
	}
}
