package storetest_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/ids"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

// BenchmarkTenant measures the cost of an operation in a tenant with many keys: calls, consumed capacity,
// and time. A flat figure does not grow with the tenant.
func BenchmarkTenant(b *testing.B) {
	for _, size := range []int{10, 10_000, 100_000} {
		e := storetest.Open(b)
		m := newMetered(e)
		h := build(b, table.New(m, e.Name), e)
		h.clock.set(time.Now())
		by := owner("acme")
		app, arx := h.application(by, "Billing"), h.arx(by, "EU")
		h.key(by, app, arx, api.CreateKeyRequest{Name: "the needle"})
		h.fill(by.Tenant, size)
		run := func(name string, do func(b *testing.B)) {
			b.Run(fmt.Sprintf("%s/keys=%d", name, size), func(b *testing.B) {
				m.reset()
				for b.Loop() {
					do(b)
				}
				m.report(b)
			})
		}
		run("totals", func(b *testing.B) {
			if n, err := h.counts.Keys(b.Context(), by.Tenant, h.clock.now()); err != nil || n.Total < size {
				b.Fatalf("%+v, %v", n, err)
			}
		})
		run("first-page", func(b *testing.B) {
			rows, _, err := h.page(by.Tenant, api.ListKeysRequest{}, h.clock.now())
			if err != nil || len(rows) == 0 {
				b.Fatalf("%d rows, %v", len(rows), err)
			}
		})
		run("search", func(b *testing.B) {
			rows, _, err := h.page(by.Tenant, api.ListKeysRequest{Page: api.Page{Query: "needle"}}, h.clock.now())
			if err != nil || len(rows) != 1 {
				b.Fatalf("%d rows, %v", len(rows), err)
			}
		})
		verifier := verification.New(table.New(m, e.Name), time.Hour)
		for _, limited := range []bool{false, true} {
			name, req := "verify", api.CreateKeyRequest{}
			if limited {
				name, req.RateLimit = "verify-limited", &api.RateLimit{Limit: 43_200_000, WindowSeconds: 86400}
			}
			_, secret := h.key(by, app, arx, req)
			verify := func(b *testing.B) {
				v, err := verifier.Verify(b.Context(), by.Tenant, api.VerifyKeyRequest{Key: api.ClearText(secret.Reveal())})
				if err != nil || !v.Valid {
					b.Fatalf("%+v, %v", v, err)
				}
			}
			verify(b) // whose gates are read, and whose window begins
			run(name, verify)
		}
		var made []string
		run("create", func(b *testing.B) {
			k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
			made = append(made, k.ID)
		})
		run("delete", func(b *testing.B) {
			if len(made) == 0 {
				b.StopTimer()
				k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
				made = append(made, k.ID)
				b.StartTimer()
			}
			if err := h.deleteKey(by, made[0]); err != nil {
				b.Fatal(err)
			}
			made = made[1:]
		})
	}
}

// fill copies the tenant's one key until there are that many: rows, credentials and counts. It writes them
// directly, because the store would take minutes.
func (h *stores) fill(tenant string, size int) {
	h.t.Helper()
	var row keys.Row
	var credential, count table.Item
	for _, item := range h.engine.Items(h.t) {
		switch pk := item.String(table.PK); {
		case strings.HasSuffix(pk, "#keys"):
			row = keystore.DecodeRow(item)
		case strings.HasPrefix(pk, "cred#"):
			credential = item
		case strings.HasSuffix(pk, "#totals") && strings.HasPrefix(item.SortKey(), table.OfArx+"#"):
			count = item
		}
	}
	old := h.clock.now().Add(-time.Hour)
	var batch []types.WriteRequest
	flush := func() {
		if len(batch) == 0 {
			return
		}
		_, err := h.engine.Client.BatchWriteItem(h.t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{h.engine.Name: batch}})
		if err != nil {
			h.t.Fatal(err)
		}
		batch = batch[:0]
	}
	put := func(item table.Item) {
		if batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}}); len(batch) == 25 {
			flush()
		}
	}
	for range size - 1 {
		old = old.Add(-time.Millisecond)
		id, err := ids.New(api.KeyPrefix, old, rand.Reader)
		if err != nil {
			h.t.Fatal(err)
		}
		row.ID, row.Name, row.CreatedAt = id, "filler "+id[len(id)-4:], old
		for _, item := range keystore.Stored(tenant, row, nil) {
			put(item)
		}
		c := credential.At(table.Credential(id))
		c.SetString("id", id)
		put(c)
	}
	flush()
	count.SetInt(string(api.KeyActive), size)
	put(count)
	flush()
}
