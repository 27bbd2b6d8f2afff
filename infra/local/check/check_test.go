package check_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// fixture is a consistent table.
type fixture struct {
	*storetest.Engine
	t     *testing.T
	items []table.Item
}

func build(t *testing.T) *fixture {
	t.Helper()
	h := &fixture{Engine: storetest.Open(t), t: t}
	db := h.Table()
	app, arx, secret := storetest.Key(t, db, "acme")
	storetest.ExpiringKey(t, db, app, arx, time.Now().Add(time.Hour))
	storetest.ManagementKey(t, db, "acme", "ci", api.Admin, time.Time{})
	storetest.Application(t, db, "other", "Billing")
	for _, id := range []string{app.ID, arx.ID, api.KeyPrefix + secret.ID()} {
		h.put(table.NewItem(table.LatestUse("acme", id)))
	}
	h.items = h.Items(t)
	return h
}

// at returns the item whose keys have these prefixes.
func (h *fixture) at(pk, sk string) table.Item {
	h.t.Helper()
	for _, item := range h.items {
		if at := item.Key(); strings.HasPrefix(at.PK, pk) && strings.HasPrefix(at.SK, sk) {
			return item
		}
	}
	h.t.Fatalf("nothing is stored at %s %s", pk, sk)
	return nil
}

func (h *fixture) put(item table.Item) {
	h.t.Helper()
	if _, err := h.Client.PutItem(h.t.Context(), &dynamodb.PutItemInput{TableName: &h.Name, Item: item}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *fixture) remove(item table.Item) {
	h.t.Helper()
	key := table.NewItem(item.Key())
	if _, err := h.Client.DeleteItem(h.t.Context(), &dynamodb.DeleteItemInput{TableName: &h.Name, Key: key}); err != nil {
		h.t.Fatal(err)
	}
}

// mend restores the table.
func (h *fixture) mend() {
	h.t.Helper()
	for _, item := range h.Items(h.t) {
		h.remove(item)
	}
	for _, item := range h.items {
		h.put(item)
	}
}

// secrets returns an access key and a management key.
func secrets(t *testing.T) (access, management string) {
	t.Helper()
	const id = "0000000000000000"
	a, err := accesskey.New(accesskey.Development, id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m, err := accesskey.NewManagement(id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return a.Reveal(), m.Reveal()
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// with returns the item with another value of the attribute.
func with(item table.Item, attribute string, value types.AttributeValue) table.Item {
	changed := item.Without(attribute)
	changed[attribute] = value
	return changed
}

func TestConsistentTableHasNoFindings(t *testing.T) {
	h := build(t)
	if found := check.Items(h.items, time.Now()); len(found) > 0 {
		t.Errorf("found: %q", found)
	}
	found, err := check.Table(t.Context(), h.Client, h.Name)
	if err != nil || len(found) > 0 {
		t.Errorf("in the table: %q, %v", found, err)
	}
}

func TestEachBrokenInvariantIsFound(t *testing.T) {
	h := build(t)
	access, management := secrets(t)
	for _, c := range []struct {
		does, finds string
		do          func()
	}{
		{"a row is lost", "has a credential, but no row", func() { h.remove(h.at("rec#acme#keys", "live#")) }},
		{"a credential is lost", "has a row, but no credential", func() { h.remove(h.at("cred#", "")) }},
		{"a row shows another name", "its row and its credential differ", func() { h.put(with(h.at("rec#acme#keys", "live#"), "n", text("other"))) }},
		{"a credential goes to another tenant", "its row and its credential differ", func() { h.put(with(h.at("cred#", ""), "tenant", text("other"))) }},
		{"a row is among the deleted ones", "has 2 rows", func() {
			row := h.at("rec#acme#keys", "live#")
			h.put(row.At(table.DeletedKeyRow("acme", strings.TrimPrefix(row.SortKey(), "live#"))))
		}},
		{"a live row says deleted", "is deleted, but its row is at the wrong place or differs: live#", func() { h.put(with(h.at("rec#acme#keys", "live#"), "s", text("deleted"))) }},
		{"a digest is lost", "has no digest", func() { h.put(h.at("cred#", "").Without("digest")) }},
		{"a deleted key keeps its digest", "is deleted, but has a digest", func() { h.put(with(h.at("cred#", ""), "state", text("deleted"))) }},
		{"a gate is lost", "has no gate", func() { h.remove(h.at("gate#app_", "")) }},
		{"a gate has another state", "differs from its gate", func() { h.put(with(h.at("gate#arx_", ""), "status", text("disabled"))) }},
		{"a gate has no parent", "has a gate, but does not exist", func() { h.put(table.NewItem(table.Gate("app_0000000000000000"))) }},
		{"a count drifts", "arx#arx_", func() {
			h.put(with(h.at("rec#acme#totals", "arx#"), "active", &types.AttributeValueMemberN{Value: "7"}))
		}},
		{"a count of applications is lost", "nouns#applications active: the count says 0, there are 1", func() { h.remove(h.at("rec#other#totals", "nouns#applications")) }},
		{"a name is lost", "its name is reserved for", func() { h.remove(h.at("rec#other#names", "applications#")) }},
		{"a name has no owner", "reserves a name that it does not have", func() {
			item := table.NewItem(table.Name("acme", "arxes", "0"))
			item.SetString("id", "arx_0000000000000000")
			h.put(item)
		}},
		{"the default is lost", "but no default", func() { h.remove(h.at("rec#acme#default-arx", "")) }},
		{"the default is another", "which is not one of its Arxes", func() { h.put(with(h.at("rec#acme#default-arx", ""), "arx", text("arx_0000000000000000"))) }},
		{"Arxes are counted wrong", "the item of the default counts 9", func() {
			h.put(with(h.at("rec#acme#default-arx", ""), "live", &types.AttributeValueMemberN{Value: "9"}))
		}},
		{"a time of expiry is lost", "has no entry in rec#acme#totals", func() { h.remove(h.at("rec#acme#totals", "expiring#")) }},
		{"a time of expiry is left over", "has no row: \"expiring#", func() {
			h.put(table.NewItem(table.Expiring("acme", time.Now(), "key_0000000000000000")))
		}},
		{"an Arx is being settled that is not deleted", "is being settled", func() {
			h.put(table.NewItem(table.Settling("acme", h.at("rec#acme#arxes", "arx_").SortKey())))
		}},
		{"a latest use is left over", "has a latest use, but does not exist", func() {
			h.put(table.NewItem(table.LatestUse("acme", "key_0000000000000000")))
		}},
		{"a use has an unknown kind", "of an unknown kind", func() { h.put(table.NewItem(table.Key{PK: "use#acme#new", SK: "-"})) }},
		{"a deleted Arx leaves its keys", "is deleted and settled, but it is active", func() {
			h.put(with(h.at("rec#acme#arxes", "arx_"), "status", text("deleted")))
		}},
		{"an Arx is lost", "its Arx arx_", func() { h.remove(h.at("rec#acme#arxes", "arx_")) }},
		{"a management key is deleted by half", "has a credential, but no row", func() { h.remove(h.at("rec#acme#management-keys", "")) }},
		{"a management key opens nothing", "has a row, but no credential", func() { h.remove(h.at("mgk#", "")) }},
		{"a management key has a higher role", "its row and its credential differ", func() { h.put(with(h.at("mgk#", ""), "role", text("owner"))) }},
		{"an event is altered", "was altered", func() {
			e := h.at("evt#acme#key_", "")
			h.put(with(e, "event", text(strings.Replace(e.String("event"), "owner@", "nobody@", 1))))
		}},
		{"an event is removed from the activity", "but not in the activity", func() { h.remove(h.at("evt#other", "evt_")) }},
		{"an event is removed from a history", "but not in the history", func() { h.remove(h.at("evt#other#app_", "evt_")) }},
		{"a history is lost", "has no history", func() { h.remove(h.at("evt#other#app_", "evt_")) }},
		{"a record knows another event", "but its record differs", func() { h.put(with(h.at("rec#other#applications", ""), "last_event", text("0"))) }},
		{"an application is lost", "does not exist, but its history ends in fixture", func() { h.remove(h.at("rec#other#applications", "")) }},
		{"an access key is stored", "contains an access key", func() { h.put(with(h.at("cred#", ""), "metadata", text(`{"x":"`+access+`"}`))) }},
		{"an encoded access key is stored", "contains an access key", func() {
			h.put(with(h.at("gate#arx_", ""), "endpoint", text("https://arx.example/?k="+strings.ReplaceAll(access, "_", "%5F"))))
		}},
		{"a management key is stored", "contains an access key", func() {
			h.put(with(h.at("mgk#", ""), "secret", &types.AttributeValueMemberL{Value: []types.AttributeValue{text(management)}}))
		}},
		{"something unknown is stored", "of an unknown kind", func() { h.put(table.NewItem(table.Key{PK: "new#acme", SK: "-"})) }},
	} {
		c.do()
		found := check.Items(h.Items(t), time.Now())
		if all := strings.Join(found, "\n"); !strings.Contains(all, c.finds) {
			t.Errorf("%s: found %q, want one with %q", c.does, found, c.finds)
		} else if strings.Contains(all, access) || strings.Contains(all, management) {
			t.Errorf("%s: it repeats the secret: %s", c.does, all)
		}
		h.mend()
	}
}

func TestConcurrentChangeIsNotAFinding(t *testing.T) {
	h := build(t)
	row := h.at("rec#acme#keys", "live#")
	h.remove(row)
	looked := false
	found, err := check.Table(t.Context(), scans(func() {
		if looked {
			h.put(row)
		}
		looked = true
	}, h.Client), h.Name)
	if err != nil || len(found) > 0 {
		t.Errorf("found %q, %v", found, err)
	}
}

// scanning is a client that calls a function before each scan.
type scanning struct {
	*dynamodb.Client
	before func()
}

func scans(before func(), of *dynamodb.Client) scanning { return scanning{of, before} }

func (s scanning) Scan(ctx context.Context, in *dynamodb.ScanInput, o ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	s.before()
	return s.Client.Scan(ctx, in, o...)
}

// ending is a client that calls a function after the last page of a scan.
type ending struct {
	*dynamodb.Client
	end func()
}

func (e ending) Scan(ctx context.Context, in *dynamodb.ScanInput, o ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	out, err := e.Client.Scan(ctx, in, o...)
	if err == nil && len(out.LastEvaluatedKey) == 0 {
		e.end()
	}
	return out, err
}

func TestCheckIsInterruptedAfterTheScanToo(t *testing.T) {
	h := build(t)
	ctx, cancel := context.WithCancel(t.Context())
	if found, err := check.Table(ctx, ending{h.Client, cancel}, h.Name); !errors.Is(err, context.Canceled) {
		t.Errorf("found %q, %v, want %v", found, err, context.Canceled)
	}
}

// TestCheckInPartsFindsTheSame checks that related items are compared, whatever items are between them.
func TestCheckInPartsFindsTheSame(t *testing.T) {
	h := build(t)
	for range 50 {
		app, arx, _ := storetest.Key(t, h.Table(), "tenant-"+strings.ToLower(rand.Text()))
		storetest.ExpiringKey(t, h.Table(), app, arx, time.Now().Add(time.Hour))
	}
	h.remove(h.at("rec#acme#keys", "live#"))
	h.remove(h.at("evt#other", "evt_"))
	h.put(with(h.at("cred#", ""), "strange", &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"of": text("a kind")}}))
	h.put(table.NewItem(table.LatestUse("acme", "key_0000000000000000")))
	want := check.Items(h.Items(t), time.Now())
	got, err := check.Table(t.Context(), h.Client, h.Name)
	if diff := cmp.Diff(want, got); err != nil || diff != "" || len(want) < 4 {
		t.Errorf("%v (-as a whole +in parts):\n%s", err, diff)
	}
}

func TestStampIsChecked(t *testing.T) {
	h := build(t)
	stamp := table.NewItem(table.StampKey())
	finds := func(want string) {
		t.Helper()
		if found, err := check.Table(t.Context(), h.Client, h.Name); err != nil || len(found) != 1 || !strings.Contains(found[0], want) {
			t.Errorf("found %q, %v, want %q", found, err, want)
		}
	}
	h.remove(stamp)
	finds("the table has data, but no stamp")
	stamp.SetInt("format", 99)
	stamp.SetString("table", h.Name)
	h.put(stamp)
	finds("has the format 99")
}
