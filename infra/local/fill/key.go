package fill

import (
	"crypto/sha256"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// Percentages of keys by kind.
const (
	withExpiry  = 20
	disabled    = 5
	deleted     = 5
	overlapping = 1
	neverUsed   = 15
	usedToday   = 30
)

const day = 24 * time.Hour

// Needle is the name of one key in the middle of all keys. No other name contains its first word.
const Needle = "zyzzyva export"

// made is a key with all of its items.
type made struct {
	keys.Key
	credential table.Item
	items      []table.Item // all others
}

func (f *filling) owner() auth.Principal { return owner(f.Name) }

// random returns a random source that depends only on the tenant, the kind and the number.
func (f *filling) random(of string, i int) *mathrand.ChaCha8 {
	return mathrand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%s %s %d", f.Name, of, i)))
}

// key returns the key with the number.
func (f *filling) key(i int) (made, error) {
	random := f.random("key", i)
	pick := mathrand.New(random)
	created := f.Now.Add(-span + time.Duration(float64(span)*float64(i)/float64(f.Keys))).Truncate(time.Millisecond)
	app, arx := f.applications[few(pick, len(f.applications))], f.arxes[few(pick, len(f.arxes))]
	app.Status, arx.Status = api.ApplicationActive, api.ArxActive // their states at that time
	req := api.CreateKeyRequest{Name: text(pick, 2+pick.IntN(3)), Scopes: []string{"invoices:read"}}
	if i == f.Keys/2 {
		req.Name = Needle
	}
	if pick.IntN(100) < withExpiry {
		req.ExpiresAt = new(created.Add(30*day + time.Duration(pick.Int64N(int64(700*day)))))
	}
	k, secret, err := keys.New(f.owner(), req, app, arx, created, random)
	if err != nil {
		return made{}, err
	}
	e, err := audit.New(f.owner(), api.CreateKey.Name, k.Resource(), k.Created(), "", created, random)
	if err != nil {
		return made{}, err
	}
	k.LastEvent = e.Hash
	m := made{Key: k}
	newest := secret.Digest()
	newestBytes, older := newest[:], []byte(nil)
	if err := m.record(f.Name, e); err != nil {
		return made{}, err
	}

	end := f.Now
	if k.ExpiresAt != nil && k.ExpiresAt.Before(end) {
		end = *k.ExpiresAt
	}
	did := pick.IntN(100)
	at := created.Add(time.Duration(pick.Float64() * float64(end.Sub(created))))
	switch {
	case did < disabled && at.After(created):
		err = m.do(f, api.DisableKey.Name, func(k keys.Key) (keys.Key, error) { return k.Do(keys.Disable, at, api.ArxActive) }, random)
	case did < disabled+deleted && f.Now.Sub(at) < lifecycle.Retention-day: // earlier ones are purged
		newestBytes = nil
		err = m.do(f, api.DeleteKey.Name, func(k keys.Key) (keys.Key, error) { return k.Do(keys.Delete, at, api.ArxActive) }, random)
	case did < disabled+deleted+overlapping && end.Equal(f.Now) && f.Now.Sub(created) > day:
		week := int(7 * day / time.Second)
		older = newestBytes
		err = m.do(f, api.RotateKey.Name, func(k keys.Key) (keys.Key, error) {
			r, err := k.Rotate(api.RotateKeyRequest{OverlapSeconds: &week}, arx, f.Now.Add(-day), random)
			sum := r.Secret.Digest()
			newestBytes = sum[:]
			return r.Key, err
		}, random)
	}
	if err != nil {
		return made{}, err
	}
	if m.State == api.KeyActive && m.ExpiresAt != nil && !m.ExpiresAt.After(f.Now) {
		m.Counted = api.KeyExpired // as after the sweep
	}
	last := f.lastUse(pick, created, end)
	if !last.IsZero() {
		m.items = append(m.items, usestore.StoredLatest(usage.Record{Tenant: f.Name, ID: m.ID}, usage.LatestUse{
			Last: usage.LastUse{Newest: usage.Sight{At: last, LastFour: m.LastFour}},
			Good: map[time.Time]int{last.Truncate(time.Hour): 1 + pick.IntN(500)},
		}))
	}
	m.Unused = m.Counted == api.KeyActive && !f.Now.Before(created.Add(keys.UnusedAfter)) && !f.Now.Before(last.Add(keys.UnusedAfter))
	row := keystore.Stored(f.Name, m.Row, m.DeletedAt)
	row[0].SetInt(keystore.Revision, 1)
	m.items = append(m.items, row...)
	m.credential = keystore.StoredCredential(m.Key, newestBytes, older)
	return m, nil
}

// do applies a change to the key, and adds its event.
func (m *made) do(f *filling, operation string, decide func(keys.Key) (keys.Key, error), random *mathrand.ChaCha8) error {
	is, e, err := lifecycle.Transition(f.owner(), operation, api.Conditional{}, decide, random)(m.Key)
	if err != nil {
		return err
	}
	m.Key = is
	m.LastEvent = e.Hash
	return m.record(f.Name, e)
}

func (m *made) record(tenant string, e audit.Event) error {
	items, err := auditstore.Stored(tenant, e)
	m.items = append(m.items, items...)
	return err
}

// lastUse returns the last use of a key that was created and ended at these times. It is zero if the key was never
// used.
func (f *filling) lastUse(pick *mathrand.Rand, created, end time.Time) time.Time {
	draw := pick.IntN(100)
	at := created.Add(time.Duration(pick.Float64() * float64(end.Sub(created)))).Truncate(time.Millisecond)
	switch {
	case draw < neverUsed:
		return time.Time{}
	case draw < neverUsed+usedToday && end.Equal(f.Now):
		return end.Add(-time.Duration(pick.Int64N(int64(day)))).Truncate(time.Millisecond)
	}
	return at
}

// few returns a number below n, with low ones more often: some applications have many keys, and most have few.
func few(pick *mathrand.Rand, n int) int { return int(float64(n) * math.Pow(pick.Float64(), 1.5)) }

// text returns a name with the given number of words.
func text(pick *mathrand.Rand, many int) string {
	chosen := make([]string, many)
	for i := range chosen {
		chosen[i] = vocabulary[pick.IntN(len(vocabulary))]
	}
	return strings.Join(chosen, " ")
}

var vocabulary = strings.Fields(`
	access account alert analytics archive audit backup balance batch billing booking calendar campaign cart catalog chat checkout
	claims cleanup cluster contract coupon courier credit customer dashboard data delivery deploy directory discount dispatch document
	email engine event export feed finance fleet forecast fraud fulfilment gateway help hotel identity image import index ingest
	inventory invoice journal label ledger legal loan loyalty mail market media menu metering mobile monitor nightly notification order
	partner payment payroll pilot portal pricing printer profile promotion proxy purchase quality queue quota rating receipt refund
	region relay renewal report reservation return review risk route sales schedule search sensor session shipping shop signup staging
	statement stock store stream subscription supplier support survey sync tariff tax terminal ticket tracking transfer travel trial
	upload vendor vision voucher warehouse weather webhook website weekly wholesale widget worker`)
