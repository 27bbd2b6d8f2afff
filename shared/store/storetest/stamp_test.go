package storetest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// observed is a client that records the calls that it makes.
type observed struct {
	*dynamodb.Client
	mu    sync.Mutex
	calls []string
	fail  error // of reads of the stamp
}

func (o *observed) note(call string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls = append(o.calls, call)
}

// since returns the calls since the last one, sorted.
func (o *observed) since() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	slices.Sort(o.calls)
	made := strings.Join(o.calls, " ")
	o.calls = nil
	return made
}

func (o *observed) GetItem(ctx context.Context, in *dynamodb.GetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if table.Item(in.Key).Key() != table.StampKey() {
		o.note("Get")
		return o.Client.GetItem(ctx, in, options...)
	}
	o.note("Stamp")
	if o.fail != nil {
		return nil, o.fail
	}
	return o.Client.GetItem(ctx, in, options...)
}

func (o *observed) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, options ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	o.note("Update")
	return o.Client.UpdateItem(ctx, in, options...)
}

func (o *observed) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, options ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	o.note("Transact")
	return o.Client.TransactWriteItems(ctx, in, options...)
}

// stamping is a table that is checked, by a clock that the test sets.
type stamping struct {
	*observed
	name string
	at   time.Time
}

func newStamping(t *testing.T) *stamping {
	e := storetest.Open(t)
	return &stamping{observed: &observed{Client: e.Client}, name: e.Name, at: time.Now()}
}

// open returns the table in a new environment.
func (s *stamping) open(c table.Check) *table.Table {
	c.Now = func() time.Time { return s.at }
	return table.Checked(s, s.name, c)
}

// stamp sets the table's stamp; the zero stamp removes it.
func (s *stamping) stamp(t *testing.T, is table.Stamp) {
	t.Helper()
	item := table.NewItem(table.StampKey())
	item.SetInt("format", is.Format)
	item.SetString("table", is.Table)
	_, err := s.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.name, Item: item})
	if is == (table.Stamp{}) {
		_, err = s.Client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &s.name, Key: table.NewItem(table.StampKey())})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// uses are all ways to call the table, by name. Each leaves no item, or one of the partition rec#a#.
func uses(t *testing.T, db *table.Table) map[string]func() error {
	at := table.DefaultArx("a")
	return map[string]func() error{
		"get":   func() error { _, err := db.Get(t.Context(), at); return err },
		"batch": func() error { _, err := db.GetAll(t.Context(), []table.Key{at}); return err },
		"query": func() error { _, err := db.Query(t.Context(), table.Partition(at), 0); return err },
		"due":   func() error { return first(db.Due(t.Context(), table.Expiry, time.Now())) },
		"commit": func() error {
			tx := new(table.Transaction)
			tx.Put(table.NewItem(at))
			return db.Commit(t.Context(), tx)
		},
		"add":   func() error { return db.Add(t.Context(), at, map[string]int{"n": 1}, nil) },
		"later": func() error { return db.SetLater(t.Context(), at, "t", time.Now(), nil) },
		"once": func() error {
			_, err := db.UpdateOnce(t.Context(), at, table.Expression{Update: "SET n = :n", Values: table.Item{":n": table.NewItem(at)["pk"]}})
			return err
		},
	}
}

func first(keys func(func(table.Key, error) bool)) (err error) {
	keys(func(_ table.Key, e error) bool { err = e; return false })
	return err
}

var reads = []string{"batch", "due", "get", "query"}

func TestTableWithAnotherStampIsNotUsed(t *testing.T) {
	s := newStamping(t)
	for code, is := range map[problem.Code]table.Stamp{
		problem.TableFormat:   {Format: table.Format() + 1, Table: s.name},
		problem.TableRestored: {Format: table.Format(), Table: "another"},
	} {
		s.stamp(t, is)
		for _, c := range []table.Check{{}, {Founds: true}, {Verifies: true}} {
			for name, use := range uses(t, s.open(c)) {
				s.since()
				err := use()
				p := problem.Of(err)
				if !problem.Is(err, code) || !problem.IsWrongTable(err) || p.Code.Status() != 503 || p.RetryAfter != 10*time.Second {
					t.Errorf("%s, %+v: %v", name, c, err)
				}
				if made := s.since(); strings.Contains(made, "Update") || strings.Contains(made, "Transact") {
					t.Errorf("%s, %+v: %s", name, c, made)
				}
			}
		}
	}
	e := storetest.Engine{Client: s.Client, Name: s.name}
	if items := e.Items(t); len(items) != 0 {
		t.Errorf("something was written: %v", items)
	}
	s.stamp(t, table.Stamp{Format: table.Format(), Table: s.name})
	for name, use := range uses(t, s.open(table.Check{})) {
		if err := use(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A new table is empty. Only the functions that create the first records give it a stamp, and verification
// uses nothing without one.
func TestTableWithoutAStampIsReadAndFounded(t *testing.T) {
	s := newStamping(t)
	for _, c := range []struct {
		table.Check
		reads, writes, transacts bool
	}{
		{table.Check{}, true, false, false},
		{table.Check{Verifies: true}, false, false, false},
		{table.Check{Founds: true}, true, true, true},
	} {
		for name := range uses(t, s.open(c.Check)) {
			s.stamp(t, table.Stamp{})
			err := uses(t, s.open(c.Check))[name]()
			allowed := c.writes
			if slices.Contains(reads, name) {
				allowed = c.reads
			}
			if allowed && err != nil || !allowed && !problem.Is(err, problem.TableFormat) {
				t.Errorf("%s, %+v: %v", name, c, err)
			}
			stamp, ok, err := table.ReadStamp(t.Context(), s.Client, s.name)
			if founded := c.writes && !slices.Contains(reads, name); err != nil || ok != founded || ok && stamp != (table.Stamp{Format: table.Format(), Table: s.name}) {
				t.Errorf("%s, %+v: afterwards the stamp is %+v, %t, %v", name, c, stamp, ok, err)
			}
		}
	}
	// Founding a table twice, or one that was restored, changes nothing.
	other := table.Stamp{Format: 7, Table: "another"}
	s.stamp(t, other)
	if is, err := table.Found(t.Context(), s.Client, s.name); err != nil || is != other {
		t.Errorf("%+v, %v", is, err)
	}
}

// An environment reads the stamp beside its first read or before its first write, and again after a minute.
func TestStampIsReadOnceAMinute(t *testing.T) {
	s := newStamping(t)
	db := s.open(table.Check{})
	after := func(what string, name, want string) {
		t.Helper()
		if err := uses(t, db)[name](); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if made := s.since(); made != want {
			t.Errorf("%s: %s, want %s", what, made, want)
		}
	}
	after("first", "get", "Get Stamp")
	after("then", "get", "Get")
	s.at = s.at.Add(59 * time.Second)
	after("within a minute", "commit", "Transact")
	s.at = s.at.Add(time.Second)
	after("after a minute", "add", "Stamp Update")
	after("then", "get", "Get")
	s.at = s.at.Add(-time.Hour)
	after("the clock was set back", "get", "Get Stamp")
	s.stamp(t, table.Stamp{Format: 2, Table: s.name})
	after("the stamp has just changed", "get", "Get")
	s.at = s.at.Add(time.Minute)
	if err := uses(t, db)["get"](); !problem.Is(err, problem.TableFormat) {
		t.Errorf("a minute later: %v", err)
	}
	s.stamp(t, table.Stamp{Format: 1, Table: s.name})
	s.since()
	after("a refusal is not remembered", "get", "Get Stamp")
}

func TestUnreadableStampIsAFailureOfTheStore(t *testing.T) {
	s := newStamping(t)
	s.fail = errors.New("dial: refused")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	s.fail = context.DeadlineExceeded
	db := s.open(table.Check{})
	if _, err := db.Get(ctx, table.DefaultArx("a")); !problem.IsStore(err) || problem.IsWrongTable(err) {
		t.Errorf("%v", err)
	}
	tx := new(table.Transaction)
	tx.Put(table.NewItem(table.DefaultArx("a")))
	if err := db.Commit(ctx, tx); !problem.IsStore(err) || strings.Contains(problem.Of(err).Detail, "may have been made") {
		t.Errorf("%v", err)
	}
	if made := s.since(); strings.Contains(made, "Transact") {
		t.Error("a write was sent although the stamp is unknown")
	}
}

func TestRestampNeedsTheStampThatItReplaces(t *testing.T) {
	s := newStamping(t)
	was, is := table.Stamp{Format: 1, Table: "old"}, table.Stamp{Format: 1, Table: s.name}
	if err := table.Restamp(t.Context(), s.Client, s.name, was, is); !errors.Is(err, table.ErrStale) {
		t.Errorf("%v", err)
	}
	s.stamp(t, was)
	if err := table.Restamp(t.Context(), s.Client, s.name, was, is); err != nil {
		t.Error(err)
	}
	if got, _, err := table.ReadStamp(t.Context(), s.Client, s.name); err != nil || got != is {
		t.Errorf("%+v, %v", got, err)
	}
}
