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
func Table(ctx context.Context, db dynamodb.ScanAPIClient, name string) (findings []string, err error) {
	for look := range looks {
		if look > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		items, err := scan(ctx, db, name)
		if err != nil {
			return nil, err
		}
		found := Items(items, time.Now())
		if look > 0 {
			found = slices.DeleteFunc(found, func(f string) bool { return !slices.Contains(findings, f) })
		}
		if findings = found; len(findings) == 0 {
			return nil, nil
		}
	}
	return findings, nil
}

// scan reads the whole table into memory: about 2 KB a key.
func scan(ctx context.Context, db dynamodb.ScanAPIClient, name string) (items []table.Item, err error) {
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the table %s: %w", name, err)
		}
		for _, item := range page.Items {
			items = append(items, item)
		}
	}
	return items, nil
}

// Items returns what is wrong with the items, all that there are, at that time.
func Items(items []table.Item, now time.Time) []string {
	s := sorted(items)
	s.secrets(items)
	for _, name := range s.names() {
		t := s.tenants[name]
		t.applicationsAndArxes(s)
		t.keys(s)
		t.uses()
		t.counts()
		t.managementKeys(s)
		t.events(now)
		s.findings = append(s.findings, t.findings...)
	}
	s.orphans()
	slices.Sort(s.findings)
	return slices.Compact(s.findings)
}
