package restore_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/infra/local/restore"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

const tenant = "acme"

var owner = storetest.Owner(tenant)

// drill is an organisation whose table is restored.
type drill struct {
	t       *testing.T
	old     *storetest.Engine
	db      *table.Table
	at      time.Time // of the next change
	since   time.Time // the point in time
	apps    map[string]applications.Application
	arxes   map[string]arxes.Arx
	keys    map[string]string           // ids by name
	secrets map[string]accesskey.Secret // access keys by name; earlier ones have a number appended
	managed map[string]string           // ids of management keys by name
	then    []table.Item                // the table at the point in time
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (d *drill) event(on audit.Resource, changes audit.Changes, action string) audit.Event {
	return must[audit.Event](d.t)(audit.New(owner, action, on, changes, "", d.at, rand.Reader))
}

func (d *drill) app(name string) {
	a := must[applications.Application](d.t)(applications.New(owner, api.CreateApplicationRequest{Name: name, Technology: api.Server}, d.at, rand.Reader))
	if err := applicationstore.New(d.db).Create(d.t.Context(), a, d.event(a.Resource(), a.Created(), api.CreateApplication.Name), requeststore.Request{}); err != nil {
		d.t.Fatal(err)
	}
	d.apps[name] = a
}

func (d *drill) arx(name string) {
	a := must[arxes.Arx](d.t)(arxes.New(owner, api.CreateArxRequest{Name: name, Regions: []string{"eu-central-1"}}, d.at, rand.Reader))
	must[arxes.Default](d.t)(arxstore.New(d.db).Create(d.t.Context(), a, d.event(a.Resource(), a.Created(), api.CreateArx.Name), requeststore.Request{}))
	d.arxes[name] = a
}

// key creates a key of the application and the Arx "main", unless names of others follow.
func (d *drill) key(name string, req api.CreateKeyRequest, of ...string) {
	app, arx := "main", "main"
	if len(of) > 0 {
		app, arx = of[0], of[1]
	}
	req.Name = name
	k, secret, err := keys.New(owner, req, d.apps[app], d.arxes[arx], d.at, rand.Reader)
	if err == nil {
		err = keystore.New(d.db).Create(d.t.Context(), k, secret.Digest(), d.event(k.Resource(), k.Created(), api.CreateKey.Name), requeststore.Request{})
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.keys[name], d.secrets[name] = k.ID, secret
}

func (d *drill) change(name, operation string, decide func(keys.Key) (keys.Key, error)) {
	d.t.Helper()
	_, err := keystore.New(d.db).Change(d.t.Context(), tenant, d.keys[name], lifecycle.Transition(owner, operation, api.Conditional{}, decide, rand.Reader))
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *drill) do(name, operation string, action lifecycle.Action) {
	d.t.Helper()
	d.change(name, operation, func(k keys.Key) (keys.Key, error) { return k.Do(action, d.at, api.ArxActive) })
}

func (d *drill) update(name string, req api.UpdateKeyRequest) {
	d.t.Helper()
	d.change(name, api.UpdateKey.Name, func(k keys.Key) (keys.Key, error) { return k.Update(req, d.at, api.ArxActive) })
}

// rotate keeps the previous access key as name.1.
func (d *drill) rotate(name string, overlap int) {
	d.t.Helper()
	rotated := must[keys.Rotation](d.t)(keystore.New(d.db).Rotate(d.t.Context(), tenant, d.keys[name], requeststore.Request{},
		lifecycle.Transition(owner, api.RotateKey.Name, api.Conditional{}, func(k keys.Key) (keys.Rotation, error) {
			return k.Rotate(api.RotateKeyRequest{OverlapSeconds: &overlap}, d.arxes["main"], d.at, rand.Reader)
		}, rand.Reader)))
	d.secrets[name+".1"], d.secrets[name] = d.secrets[name], rotated.Secret
}

func (d *drill) appDo(name, operation string, action lifecycle.Action) {
	d.t.Helper()
	must[applications.Application](d.t)(applicationstore.New(d.db).Change(d.t.Context(), tenant, d.apps[name].ID, lifecycle.Transition(owner, operation, api.Conditional{},
		func(a applications.Application) (applications.Application, error) { return a.Do(action, owner, d.at) }, rand.Reader)))
}

func (d *drill) arxDo(name, operation string, action lifecycle.Action) {
	d.t.Helper()
	store := arxstore.New(d.db)
	change := store.Change
	if action == arxes.Delete {
		change = store.Delete
	}
	must[arxes.Arx](d.t)(change(d.t.Context(), tenant, d.arxes[name].ID, lifecycle.Transition(owner, operation, api.Conditional{},
		func(a arxes.Arx) (arxes.Arx, error) { return a.Do(action, owner, d.at) }, rand.Reader)))
}

func (d *drill) managementKey(name string) {
	m, secret, err := managementkeys.New(owner, api.CreateManagementKeyRequest{Name: name, Role: api.Admin}, managementkeys.DefaultMaxLife, d.at, rand.Reader)
	if err == nil {
		err = managementkeystore.New(d.db).Create(d.t.Context(), m, secret.Digest(), d.event(m.Resource(), m.Created(), api.CreateManagementKey.Name), requeststore.Request{})
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.managed[name] = m.ID
}

// newDrill fills a table, remembers it at a point in time, and then revokes in all ways.
func newDrill(t *testing.T) *drill {
	t.Helper()
	old := storetest.Open(t)
	d := &drill{
		t: t, old: old, db: old.Table(), at: time.Now().Add(-4 * time.Hour), apps: map[string]applications.Application{}, arxes: map[string]arxes.Arx{},
		keys: map[string]string{}, secrets: map[string]accesskey.Secret{}, managed: map[string]string{},
	}
	for _, name := range []string{"main", "app disabled", "app archived", "app renamed", "app enabled"} {
		d.app(name)
	}
	d.appDo("app enabled", api.DisableApplication.Name, applications.Disable)
	for _, name := range []string{"first", "main", "arx deleted", "arx settled", "arx disabled"} {
		d.arx(name)
	}
	for _, name := range []string{"kept", "damaged", "deleted", "disabled", "enabled", "rotated", "overlapping", "overlap ended", "renamed", "purged"} {
		d.key(name, api.CreateKeyRequest{})
	}
	five, limit := 5, api.RateLimit{Limit: 1000, WindowSeconds: 60}
	soon := time.Now().Add(48 * time.Hour)
	d.key("limited", api.CreateKeyRequest{RemainingUses: &five})
	d.key("narrowed addresses", api.CreateKeyRequest{RateLimit: &limit})
	d.key("narrowed scopes", api.CreateKeyRequest{Scopes: []string{"invoices:*"}})
	d.key("expires earlier", api.CreateKeyRequest{ExpiresAt: &soon})
	for _, app := range []string{"app disabled", "app archived", "app renamed", "app enabled"} {
		d.key("of "+app, api.CreateKeyRequest{}, app, "main")
	}
	for _, arx := range []string{"first", "arx deleted", "arx settled", "arx disabled"} {
		d.key("of "+arx, api.CreateKeyRequest{}, "main", arx)
	}
	d.do("enabled", api.DisableKey.Name, keys.Disable)
	d.rotate("overlap ended", 24*3600*6)
	d.managementKey("kept")
	d.managementKey("deleted")
	d.verdicts(d.db) // charges the limit once

	d.since = d.at.Add(2 * time.Hour)
	d.then = all(t, old)

	d.at = time.Now()
	d.do("deleted", api.DeleteKey.Name, keys.Delete)
	d.do("disabled", api.DisableKey.Name, keys.Disable)
	d.do("enabled", api.EnableKey.Name, keys.Enable)
	d.rotate("rotated", 0)
	d.rotate("overlapping", 3600)
	d.do("overlap ended", api.EndKeyOverlap.Name, keys.EndOverlap)
	d.update("renamed", api.UpdateKeyRequest{Name: api.Set("called otherwise")})
	d.update("narrowed addresses", api.UpdateKeyRequest{AllowedIPs: api.Set([]string{"203.0.113.0/24"})})
	d.update("narrowed scopes", api.UpdateKeyRequest{Scopes: api.Set([]string{"invoices:read"})})
	d.update("expires earlier", api.UpdateKeyRequest{ExpiresAt: api.Set(time.Now().Add(time.Hour))})
	d.appDo("app disabled", api.DisableApplication.Name, applications.Disable)
	d.appDo("app archived", api.DisableApplication.Name, applications.Disable)
	d.appDo("app archived", api.ArchiveApplication.Name, applications.Archive)
	d.appDo("app enabled", api.EnableApplication.Name, applications.Enable)
	must[applications.Application](t)(applicationstore.New(d.db).Change(t.Context(), tenant, d.apps["app renamed"].ID, lifecycle.Transition(owner, api.UpdateApplication.Name, api.Conditional{},
		func(a applications.Application) (applications.Application, error) {
			return a.Update(owner, api.UpdateApplicationRequest{Name: api.Set("app called otherwise")}, d.at)
		}, rand.Reader)))
	_, _, err := arxstore.New(d.db).SetDefault(t.Context(), tenant, d.arxes["main"].ID, arxes.Succession(owner, api.Conditional{}, d.at, rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	d.arxDo("first", api.DeleteArx.Name, arxes.Delete) // it was the default
	d.arxDo("arx deleted", api.DeleteArx.Name, arxes.Delete)
	d.arxDo("arx settled", api.DeleteArx.Name, arxes.Delete)
	if err := keystore.New(d.db).Settle(t.Context(), tenant, d.arxes["arx settled"].ID, keys.WithArx(owner, d.at, rand.Reader)); err != nil {
		t.Fatal(err)
	}
	d.arxDo("arx disabled", api.DisableArx.Name, arxes.Disable)
	if _, err := managementkeystore.New(d.db).Delete(t.Context(), tenant, d.managed["deleted"], managementkeys.Deletion(owner, api.Conditional{}, d.at, rand.Reader)); err != nil {
		t.Fatal(err)
	}
	d.app("app created")
	d.key("created", api.CreateKeyRequest{}, "app created", "main")
	d.managementKey("created")
	// A restore repairs what was lost without a change through the API.
	for _, at := range []table.Key{table.Credential(d.keys["damaged"]), table.KeyRow(tenant, d.keys["damaged"])} {
		if _, err := old.Client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &old.Name, Key: table.NewItem(at)}); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// verdicts verifies each access key, from an address that every key allows.
func (d *drill) verdicts(db *table.Table) map[string]string {
	d.t.Helper()
	verifier, got := verification.New(db, 0), map[string]string{}
	for name, secret := range d.secrets {
		req := api.VerifyKeyRequest{Key: api.ClearText(secret.Reveal())}
		switch name {
		case "narrowed addresses":
			req.IP = "198.51.100.7"
		case "narrowed scopes":
			req.Scopes = []string{"invoices:write"}
		}
		v, err := verifier.Verify(d.t.Context(), tenant, req)
		if err != nil {
			got[name] = string(problem.Of(err).Code)
			continue
		}
		got[name] = string(v.Code)
	}
	return got
}

// all returns all items of a table, with its stamp.
func all(t *testing.T, e *storetest.Engine) (items []table.Item) {
	t.Helper()
	pages := dynamodb.NewScanPaginator(e.Client, &dynamodb.ScanInput{TableName: &e.Name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page := must[*dynamodb.ScanOutput](t)(pages.NextPage(t.Context()))
		for _, item := range page.Items {
			items = append(items, item)
		}
	}
	slices.SortFunc(items, func(a, b table.Item) int {
		return strings.Compare(a.Key().PK+"\x00"+a.Key().SK, b.Key().PK+"\x00"+b.Key().SK)
	})
	return items
}

// restored returns a new table with the items at the point in time. The old table is in use.
func (d *drill) restored() *storetest.Engine {
	d.t.Helper()
	stamp := table.NewItem(table.StampKey())
	stamp.SetInt("format", table.Format())
	stamp.SetString("table", d.old.Name)
	d.put(d.old, []table.Item{stamp})
	e := storetest.Open(d.t)
	d.put(e, d.then)
	return e
}

func (d *drill) put(e *storetest.Engine, items []table.Item) {
	d.t.Helper()
	for batch := range slices.Chunk(items, 25) {
		var requests []types.WriteRequest
		for _, item := range batch {
			requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
		}
		if _, err := e.Client.BatchWriteItem(d.t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{e.Name: requests}}); err != nil {
			d.t.Fatal(err)
		}
	}
}

// checked returns the table as functions see it.
func checked(e *storetest.Engine) *table.Table {
	return table.Checked(e.Client, e.Name, table.Check{Verifies: true})
}

// refuses reports an error unless the table refuses every verification.
func (d *drill) refuses(what string, e *storetest.Engine) {
	d.t.Helper()
	for name, code := range d.verdicts(checked(e)) {
		if code != string(problem.TableRestored) {
			d.t.Errorf("%s: %s is %s", what, name, code)
		}
	}
}

// mortal is a client that fails at a write and from then on, as if the program was killed.
type mortal struct {
	*dynamodb.Client
	left  int  // writes until then
	after bool // the last write is made, and its response is lost
}

var errKilled = errors.New("killed")

// write reports whether a write is made, and whether its response arrives.
func (m *mortal) write() (made, heard bool) {
	m.left--
	return m.left >= 0 || m.left == -1 && m.after, m.left >= 0
}

func (m *mortal) BatchWriteItem(ctx context.Context, in *dynamodb.BatchWriteItemInput, o ...func(*dynamodb.Options)) (out *dynamodb.BatchWriteItemOutput, err error) {
	made, heard := m.write()
	if made {
		out, err = m.Client.BatchWriteItem(ctx, in, o...)
	}
	if !heard {
		return nil, errKilled
	}
	return out, err
}

func (m *mortal) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (out *dynamodb.UpdateItemOutput, err error) {
	made, heard := m.write()
	if made {
		out, err = m.Client.UpdateItem(ctx, in, o...)
	}
	if !heard {
		return nil, errKilled
	}
	return out, err
}

func (m *mortal) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (out *dynamodb.TransactWriteItemsOutput, err error) {
	made, heard := m.write()
	if made {
		out, err = m.Client.TransactWriteItems(ctx, in, o...)
	}
	if !heard {
		return nil, errKilled
	}
	return out, err
}

// many is more writes than a restore makes.
const many = 1 << 20

// fromTable restores from the old table, and returns the number of writes.
func (d *drill) fromTable(e *storetest.Engine, client *mortal) (writes int, err error) {
	before := client.left
	r := restore.Restore{Client: client, To: e.Name, Since: d.since, Report: func(line string) { d.t.Log(line) }}
	err = r.FromTable(d.t.Context(), d.old.Name, 0)
	return before - client.left, err
}

// consistent reports an error for each inconsistency.
func consistent(t *testing.T, e *storetest.Engine) {
	t.Helper()
	if findings, err := check.Table(t.Context(), e.Client, e.Name); err != nil || len(findings) > 0 {
		t.Errorf("%v: %q", err, findings)
	}
}

// The verdicts of the drill, by name; other keys are valid.
var nowInvalid = map[string]string{
	"deleted": "NOT_FOUND", "disabled": "DISABLED", "rotated.1": "NOT_FOUND", "overlap ended.1": "NOT_FOUND",
	"narrowed addresses": "IP_NOT_ALLOWED", "narrowed scopes": "INSUFFICIENT_SCOPE", "of app disabled": "APPLICATION_INACTIVE", "of app archived": "APPLICATION_INACTIVE",
	"of first": "NOT_FOUND", "of arx deleted": "NOT_FOUND", "of arx settled": "NOT_FOUND", "of arx disabled": "ARX_INACTIVE",
}

func (d *drill) wantFromTable() map[string]string {
	want := map[string]string{}
	for name := range d.secrets {
		want[name] = "VALID"
	}
	maps.Copy(want, nowInvalid)
	return want
}

func TestRestoreFromTheOldTableRevivesNothing(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	e := d.restored()
	was := d.verdicts(e.Table())
	for _, name := range []string{"deleted", "disabled", "rotated.1", "overlap ended.1", "narrowed addresses", "narrowed scopes", "of app disabled", "of arx deleted", "of arx settled"} {
		if was[name] != "VALID" {
			t.Errorf("without a stamp, the restored table would return %s for %s: the drill proves nothing", was[name], name)
		}
	}
	d.refuses("before", e)
	if err := r(d, e).FromTable(t.Context(), "another", 0); err == nil || !strings.Contains(err.Error(), "was restored from the table "+d.old.Name) {
		t.Errorf("from another table: %v", err)
	}
	if _, err := d.fromTable(e, &mortal{Client: e.Client, left: many}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d.wantFromTable(), d.verdicts(checked(e))); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	consistent(t, e)
	d.refuses("the old table", d.old)
	d.managementKeysAre(e, "kept", "created")
	k, err := keystore.New(e.Table()).Get(t.Context(), tenant, d.keys["limited"])
	if err != nil || k.Used < 2 {
		t.Errorf("the limited key was used %d times, %v", k.Used, err)
	}
	if k, err := keystore.New(e.Table()).Get(t.Context(), tenant, d.keys["expires earlier"]); err != nil || time.Until(*k.ExpiresAt) > time.Hour {
		t.Errorf("the key expires at %v, %v", k.ExpiresAt, err)
	}
	if standing, err := arxstore.New(e.Table()).Default(t.Context(), tenant); err != nil || standing.ArxID != d.arxes["main"].ID || standing.Live != 2 {
		t.Errorf("the default is %+v, %v", standing, err)
	}
	writes, err := d.fromTable(e, &mortal{Client: e.Client, left: many})
	if err != nil || writes != 0 {
		t.Errorf("once more: %d writes, %v", writes, err)
	}
	if err := r(d, e).Reopen(t.Context(), d.old.Name); err == nil {
		t.Error("the old table was opened although the new one is in use")
	}
}

func r(d *drill, e *storetest.Engine) restore.Restore {
	return restore.Restore{Client: e.Client, To: e.Name, Since: d.since, Report: func(line string) { d.t.Log(line) }}
}

// managementKeysAre reports an error unless exactly these management keys authenticate.
func (d *drill) managementKeysAre(e *storetest.Engine, names ...string) {
	d.t.Helper()
	for name, id := range d.managed {
		_, err := callerstore.New(e.Table()).Find(d.t.Context(), id)
		if there := slices.Contains(names, name); (err == nil) != there {
			d.t.Errorf("the management key %q: %v", name, err)
		}
	}
}

// TestKilledRestoreEndsTheSame kills a restore before each of its writes, and before the response to the last, and runs
// it again.
func TestKilledRestoreEndsTheSame(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	whole := d.restored()
	writes, err := d.fromTable(whole, &mortal{Client: whole.Client, left: many})
	if err != nil || writes < 10 {
		t.Fatalf("%d writes, %v", writes, err)
	}
	want := withName(all(t, whole), whole.Name)
	for n := range writes + 1 {
		e := d.restored()
		what := fmt.Sprintf("killed after %d writes", n)
		if _, err := d.fromTable(e, &mortal{Client: e.Client, left: min(n, writes-1), after: n == writes}); !errors.Is(err, errKilled) {
			t.Fatalf("%s: %v", what, err)
		}
		if n < writes { // the last write is the stamp
			d.refuses(what, e)
		}
		if _, err := d.fromTable(e, &mortal{Client: e.Client, left: many}); err != nil {
			t.Fatalf("%s, and run again: %v", what, err)
		}
		if diff := cmp.Diff(want, withName(all(t, e), e.Name)); diff != "" {
			t.Fatalf("%s, and run again (-want +got):\n%s", what, diff)
		}
	}
}

// summed adds up the shards of each count. How a count is spread over them depends on where a restore was killed:
// one that is right is not written again.
func summed(items []table.Item) (sums []table.Item) {
	scopes := map[table.Key]table.Item{}
	for _, item := range items {
		at := item.Key()
		switch part, _ := table.PartOfTotals(at.SK); {
		case at.PK != table.Settling(tenant, "").PK:
		case part == table.OfArx, part == table.OfApplication, part == table.OfParents, part == table.OfNoun:
			at.SK = at.SK[:strings.LastIndex(at.SK, "#")]
		}
		sum, again := scopes[at]
		if !again {
			scopes[at] = item
			sums = append(sums, item)
			continue
		}
		for state := range item.Without(table.PK, table.SK) {
			sum.SetInt(state, sum.Int(state)+item.Int(state))
		}
	}
	for at, sum := range scopes {
		sum[table.SK] = &types.AttributeValueMemberS{Value: at.SK}
	}
	return sums
}

// withName returns the items as text, with each count as its sum, without the name of their table in the stamp.
func withName(items []table.Item, name string) (lines []string) {
	for _, item := range summed(items) {
		var line []string
		for attribute, value := range item {
			text := fmt.Sprint(attribute, "=")
			switch v := value.(type) {
			case *types.AttributeValueMemberS:
				text += v.Value
			case *types.AttributeValueMemberN:
				text += v.Value
			case *types.AttributeValueMemberB:
				text += fmt.Sprintf("%x", v.Value)
			case *types.AttributeValueMemberL:
				text += fmt.Sprint(table.Item{"l": v}.Strings("l"))
			default:
				text += fmt.Sprintf("%#v", v)
			}
			line = append(line, strings.ReplaceAll(text, name, "NAME"))
		}
		slices.Sort(line)
		lines = append(lines, strings.Join(line, " "))
	}
	slices.Sort(lines)
	return lines
}

func TestGivingUpReopensTheOldTable(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	e := d.restored()
	before := d.verdicts(checked(d.old))
	if _, err := d.fromTable(e, &mortal{Client: e.Client, left: 3}); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	d.refuses("closed", d.old)
	for range 2 {
		if err := r(d, e).Reopen(t.Context(), d.old.Name); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, d.verdicts(checked(d.old))); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	d.refuses("given up", e)
}

// exported returns the audit of the old table.
func (d *drill) exported() []byte {
	d.t.Helper()
	var out bytes.Buffer
	if _, err := restore.Export(d.t.Context(), d.old.Client, d.old.Name, time.Time{}, &out); err != nil {
		d.t.Fatal(err)
	}
	return out.Bytes()
}

// wantFromAudit are the verdicts without the old table: what cannot be reproduced is deleted or disabled.
func (d *drill) wantFromAudit() map[string]string {
	want := d.wantFromTable()
	maps.Copy(want, map[string]string{
		"rotated": "NOT_FOUND", "overlapping": "NOT_FOUND", "overlapping.1": "NOT_FOUND", "created": "NOT_FOUND", "enabled": "DISABLED",
		"narrowed addresses": "DISABLED", "narrowed scopes": "DISABLED", "expires earlier": "DISABLED", "renamed": "DISABLED",
		"of app renamed": "APPLICATION_INACTIVE", "of app enabled": "APPLICATION_INACTIVE",
	})
	return want
}

func (d *drill) fromAudit(e *storetest.Engine, client restore.Client, export []byte) (told string, err error) {
	var lines strings.Builder
	r := restore.Restore{Client: client, To: e.Name, Since: d.since, Report: func(line string) { fmt.Fprintln(&lines, line) }}
	err = r.FromAudit(d.t.Context(), bytes.NewReader(export))
	return lines.String(), err
}

func TestRestoreFromTheAuditRevivesNothing(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	export := d.exported()
	e := d.restored()
	told, err := d.fromAudit(e, e.Client, export)
	if err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	if diff := cmp.Diff(d.wantFromAudit(), d.verdicts(checked(e))); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	consistent(t, e)
	d.managementKeysAre(e, "kept")
	for _, line := range []string{
		"key " + d.keys["rotated"] + " (rotated): deleted, because it was rotated", "key " + d.keys["created"] + " (created): lost, it was created since",
		"application " + d.apps["app created"].ID + " (app created): lost", "management_key " + d.managed["created"] + " (created): lost",
		"key " + d.keys["limited"] + " (limited): its limited uses", "key " + d.keys["renamed"] + " (renamed): disabled, it was changed",
	} {
		if !strings.Contains(told, line) {
			t.Errorf("the report lacks %q:\n%s", line, told)
		}
	}
	a, err := applicationstore.New(e.Table()).Get(t.Context(), tenant, d.apps["app archived"].ID)
	if err != nil || a.Status != api.ApplicationArchived {
		t.Errorf("the application is %s, %v", a.Status, err)
	}
	if told, err := d.fromAudit(e, &mortal{Client: e.Client}, export); err != nil {
		t.Errorf("once more: %v\n%s", err, told)
	}
}

func TestKilledRestoreFromTheAuditEndsTheSame(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	export := d.exported()
	whole := &mortal{Client: d.old.Client, left: many}
	e := d.restored()
	if told, err := d.fromAudit(e, whole, export); err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	writes := many - whole.left
	for n := range writes + 1 {
		e := d.restored()
		what := fmt.Sprintf("killed after %d writes", n)
		if _, err := d.fromAudit(e, &mortal{Client: e.Client, left: min(n, writes-1), after: n == writes}, export); !errors.Is(err, errKilled) {
			t.Fatalf("%s: %v", what, err)
		}
		if n < writes {
			d.refuses(what, e)
		}
		if told, err := d.fromAudit(e, e.Client, export); err != nil {
			t.Fatalf("%s, and run again: %v\n%s", what, err, told)
		}
		if diff := cmp.Diff(d.wantFromAudit(), d.verdicts(checked(e))); diff != "" {
			t.Fatalf("%s, and run again: verdicts (-want +got):\n%s", what, diff)
		}
	}
}

// An export that lacks lines, or that somebody has altered, revives nothing either.
func TestExportWithMissingEventsIsRefused(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	lines := bytes.SplitAfter(bytes.TrimSuffix(d.exported(), []byte("\n")), []byte("\n"))
	with := func(edit func([][]byte) [][]byte) []byte { return bytes.Join(edit(slices.Clone(lines)), nil) }
	e := d.restored()
	for _, c := range []struct {
		name, want string
		export     []byte
	}{
		{"no end", "its last line is missing", with(func(l [][]byte) [][]byte { return l[:len(l)-1] })},
		{"a line less", "events of", with(func(l [][]byte) [][]byte { return slices.Delete(l, 3, 4) })},
		{"an altered event", "event 1 of the export was altered", with(func(l [][]byte) [][]byte {
			l[0] = bytes.Replace(l[0], []byte(`"name":"owner@example.com"`), []byte(`"name":"other@example.com"`), 1)
			return l
		})},
		{"another table", "the export is of another", with(func(l [][]byte) [][]byte {
			l[len(l)-1] = bytes.Replace(l[len(l)-1], []byte(d.old.Name), []byte("another"), 1)
			return l
		})},
		{"nothing", "its last line is missing", nil},
	} {
		if _, err := d.fromAudit(e, &mortal{Client: e.Client}, c.export); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		d.refuses(c.name, e)
	}
	// Somebody who can alter the export can also correct its end. The chain of a record shows that.
	d.key("twice", api.CreateKeyRequest{})
	d.then = all(t, d.old)
	d.since = time.Now()
	d.do("twice", api.DisableKey.Name, keys.Disable)
	d.do("twice", api.EnableKey.Name, keys.Enable)
	e = d.restored()
	export := string(d.exported())
	kept := 0
	var shorter strings.Builder
	for line := range strings.Lines(export) {
		if strings.Contains(line, d.keys["twice"]) && strings.Contains(line, api.DisableKey.Name) {
			continue
		}
		if strings.Contains(line, `"end"`) {
			line = strings.Replace(line, fmt.Sprintf(`"events":%d`, kept+1), fmt.Sprintf(`"events":%d`, kept), 1)
		}
		kept++
		shorter.WriteString(line)
	}
	told, err := d.fromAudit(e, e.Client, []byte(shorter.String()))
	if !strings.Contains(told, "(twice): deleted, because the export lacks events of it") {
		t.Errorf("%v\n%s", err, told)
	}
}

func TestInconsistentTableStaysUnusable(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	e := d.restored()
	gate := table.Gate(d.apps["main"].ID)
	if _, err := e.Client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &e.Name, Key: table.NewItem(gate)}); err != nil {
		t.Fatal(err)
	}
	_, err := d.fromTable(e, &mortal{Client: e.Client, left: many})
	if err == nil || !strings.Contains(err.Error(), "has no gate") {
		t.Errorf("%v", err)
	}
	d.refuses("inconsistent", e)
}
