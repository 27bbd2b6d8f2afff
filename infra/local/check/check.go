// Package check holds all that is stored against what must be true of it, whatever was done, cut off
// or killed. It only reads.
//
//	rows = credentials    a key has one row, where its state says, which shows what its credential says
//	parents = gates       verification reads of an application or an Arx what people see of it
//	rows = counts         totals are what a count of the rows comes to
//	names, default        who has a name has it alone; there is one default while there is any Arx
//	latest uses           they are those of keys, applications and Arxes that there are
//	rows = indexes        each row has its copies and words, and each key that will expire its time; nothing else has
//	settling              no key outlives its Arx
//	inactive              what stops keys is said to, and nothing else
//	management keys       a row and a credential, or neither
//	audit                 every event is as it was written, twice, and the chains are unbroken
//	secrets               nothing contains an access key or a management key
package check

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	looks = 3               // at a table in which something is found
	pause = 2 * time.Second // between them
)

// Table returns what is wrong with what lies in the table, sorted; nothing where all is as it must be.
//
// A look is a scan, which takes its time, and what is changed meanwhile may be seen half. So what
// is found has to be found in three looks. A table in which much is changed all the time shows
// counts that differ even so: look again when it is quiet.
//
// Memory does not grow with the table: a scan writes what it reads of keys and events to temporary files, as large as the table
// together, which are then read one after the other.
func Table(ctx context.Context, db dynamodb.ScanAPIClient, name string) (findings []string, err error) {
	for look := range looks {
		if look > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		found, err := lookAt(ctx, db, name)
		if err != nil {
			return nil, fmt.Errorf("check the table %s: %w", name, err)
		}
		if look > 0 {
			found = slices.DeleteFunc(found, func(f string) bool { return !slices.Contains(findings, f) })
		}
		if findings = found; len(findings) == 0 {
			return nil, nil
		}
	}
	return findings, nil
}

// lookAt is one look.
func lookAt(ctx context.Context, db dynamodb.ScanAPIClient, name string) ([]string, error) {
	files, err := newPartition()
	if err != nil {
		return nil, err
	}
	defer files.close()
	s := newStored()
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			if record := s.take(item); record != "" {
				if err := files.put(record, item); err != nil {
					return nil, err
				}
			}
		}
	}
	now := time.Now()
	for items, err := range files.all() {
		if err != nil {
			return nil, err
		}
		s.part(items, now)
	}
	return s.end(now), nil
}

// Items returns what is wrong with the items, all that there are, at that time.
func Items(items []table.Item, now time.Time) []string {
	s := newStored()
	var bulk []table.Item
	for _, item := range items {
		if s.take(item) != "" {
			bulk = append(bulk, item)
		}
	}
	s.part(bulk, now)
	return s.end(now)
}

// part checks what belongs together: all items of some keys and of some histories. All else has been taken before.
func (s *stored) part(items []table.Item, now time.Time) {
	p := s.sorted(items)
	for _, t := range p.tenants {
		t.keys(p)
		t.uses()
		t.events(now)
	}
	for id := range p.credentials {
		s.add("%s: has a credential, and no row", id)
	}
}

// end checks what is left when all parts are checked, and returns what was found.
func (s *stored) end(now time.Time) []string {
	for _, t := range s.tenants {
		t.applicationsAndArxes(s)
		t.counts()
		t.managementKeys(s)
		t.haveHistories(now)
	}
	s.orphans()
	slices.Sort(s.findings)
	return slices.Compact(s.findings)
}
