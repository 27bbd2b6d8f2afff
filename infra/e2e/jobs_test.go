package e2e

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// TestJobsDoWhatIsDue runs the real binary of each job on data that was created over HTTPS and then aged. The relay
// records its DynamoDB calls, like those of every function.
func TestJobsDoWhatIsDue(t *testing.T) {
	l, f, c := startFaulty(t, func(*faults) {})
	app := must[api.Application](t)(once(c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server}))
	stays := must[api.Arx](t)(once(c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}}))
	goes := must[api.Arx](t)(once(c, api.CreateArx, api.CreateArxRequest{Name: "US", Regions: []string{"us-east-1"}}))
	uses := 10 // so that changes of the key read the remaining uses
	key := func(of api.Arx, expires *time.Time) api.CreatedKey {
		return must[api.CreatedKey](t)(once(c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: of.ID, ExpiresAt: expires, RemainingUses: &uses}))
	}
	soon := time.Now().Add(2 * time.Second)
	expires, deleted, withArx := key(stays, &soon), key(stays, nil), key(goes, nil)
	must[api.Key](t)(once(c, api.DeleteKey, api.Target{ID: deleted.Key.ID}))
	// Deleting an Arx settles what it can. Here the writes are throttled, so that all keys are left to the job.
	f.refuses.Store(aws.String("deleted#" + withArx.Key.ID))
	must[api.Arx](t)(once(c, api.DeleteArx, api.Target{ID: goes.ID}))
	f.refuses.Store(nil)
	time.Sleep(time.Until(soon) + 10*time.Millisecond)

	l.job(t, "jobs.expiry") // too early for the key that has just expired
	l.job(t, "jobs.settling")
	l.age(t) // past the time for slow creates and clock differences
	l.job(t, "jobs.expiry")
	l.job(t, "jobs.settling")
	l.job(t, "jobs.purge")
	l.age(t) // past 90 days
	l.job(t, "jobs.purge")

	for _, id := range []string{deleted.Key.ID, withArx.Key.ID} {
		if _, err := once(c, api.GetKey, api.KeyID{ID: id}); !problem.Is(err, problem.NotFound) {
			t.Errorf("a key that is purged: %v, want not_found", err)
		}
	}
	if _, err := once(c, api.GetArx, api.ArxID{ID: goes.ID}); !problem.Is(err, problem.NotFound) {
		t.Errorf("an Arx that is purged: %v, want not_found", err)
	}
	if statuses := agree(t, c); statuses[expires.Key.ID] != string(api.KeyExpired) {
		t.Errorf("the key that expired is %q", statuses[expires.Key.ID])
	}
	l.whole(t)
}

// TestRollUpMarksUnusedKeys runs the real binary of the roll-up: it marks keys that were created long ago, and
// removes the mark from one that is used again.
func TestRollUpMarksUnusedKeys(t *testing.T) {
	l, _, c := startFaulty(t, func(*faults) {})
	app := must[api.Application](t)(once(c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server}))
	arx := must[api.Arx](t)(once(c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}}))
	key := func() api.CreatedKey {
		return must[api.CreatedKey](t)(once(c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID}))
	}
	first, second := key(), key()
	key() // stays new
	marked := func() (ids []string) {
		for _, k := range must[api.KeyList](t)(once(c, api.ListKeys, api.ListKeysRequest{Status: api.UnusedKeys, Sort: api.OldestFirst})).Items {
			ids = append(ids, k.ID)
		}
		return ids
	}
	want := func(when string, ids ...string) {
		t.Helper()
		l.age(t)
		l.job(t, "jobs.rollup")
		if got := marked(); !slices.Equal(got, ids) {
			t.Errorf("%s: %v are unused, want %v", when, got, ids)
		}
	}
	want("all are new")
	l.ageKey(t, first.Key.ID)
	want("the first is old", first.Key.ID)
	l.ageKey(t, second.Key.ID)
	want("the second is old, too", first.Key.ID, second.Key.ID)
	must[api.Verification](t)(once(c, api.VerifyKey, api.VerifyKeyRequest{Key: *first.AccessKey}))
	for deadline := time.Now().Add(20 * time.Second); must[api.Key](t)(once(c, api.GetKey, api.KeyID{ID: first.Key.ID})).LastUsedAt == nil; {
		if time.Now().After(deadline) {
			t.Fatal("the use is never written")
		}
		time.Sleep(10 * time.Millisecond)
	}
	want("the first is used", second.Key.ID)
	if o := must[api.Overview](t)(once(c, api.GetOverview, api.Nothing{})); o.Attention.Unused.Count != 1 || o.Attention.UnusedAsOf == nil {
		t.Errorf("the overview: %+v, as of %v", o.Attention.Unused, o.Attention.UnusedAsOf)
	}
	l.whole(t)
}

// ageKey makes the key look as if it had been created in 1970.
func (l *laptop) ageKey(t *testing.T, id string) {
	t.Helper()
	db := l.engine.Client()
	then := &types.AttributeValueMemberN{Value: "1"}
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: aws.String(theTable), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range page.Items {
			item := table.Item(found)
			created := ""
			switch {
			case item.Key() == table.Credential(id):
				created = "created_at"
			case item.String("i") == id:
				created = "t"
			default:
				continue
			}
			if _, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
				TableName: aws.String(theTable), Key: map[string]types.AttributeValue{"pk": found["pk"], "sk": found["sk"]},
				UpdateExpression: aws.String("SET " + created + " = :then"), ExpressionAttributeValues: map[string]types.AttributeValue{":then": then},
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// job invokes a scheduled function, whose DynamoDB calls go through the relay.
func (l *laptop) job(t *testing.T, name string) {
	t.Helper()
	f := lambda.New(lambda.Config{
		Name: name, Binary: build.Binary(root, folder(name)), Region: engine.Region, Timeout: time.Minute, MemoryMB: 512,
		Environment: eventEnvironment(t, fromTemplate(t), l.engine, "http://"+l.way.address(), theTable, name), Output: func(line string) { l.log.Write([]byte(line + "\n")) },
	})
	defer f.Stop()
	if _, err := f.Invoke(t.Context(), []byte("{}")); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, l.logged())
	}
}

// age makes everything that waits for a job due, as if it had happened a hundred days ago.
func (l *laptop) age(t *testing.T) {
	t.Helper()
	db := l.engine.Client()
	then := &types.AttributeValueMemberN{Value: "1"}
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{
		TableName: aws.String(theTable), ConsistentRead: aws.Bool(true), FilterExpression: aws.String("attribute_exists(due)"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			change := "SET due = :then"
			if _, settling := item["deleted_at"]; settling {
				change += ", deleted_at = :then"
			}
			if _, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
				TableName: aws.String(theTable), Key: map[string]types.AttributeValue{"pk": item["pk"], "sk": item["sk"]},
				UpdateExpression: &change, ExpressionAttributeValues: map[string]types.AttributeValue{":then": then},
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}
