// Package check checks the stored data against invariants that must hold even after crashes. It only reads.
//
//	rows = credentials    a key has one row, at the place for its state, that agrees with its credential
//	parents = gates       the gates of applications and Arxes agree with them
//	rows = counts         the counts agree with the rows
//	names, default        names are unique; there is one default while there is any Arx
//	latest uses           they belong to existing keys, applications and Arxes
//	rows = indexes        each row has its copies and words, and each expiring key its time; there are no others
//	settling              no key outlives its Arx
//	parents               keys show exactly the applications and Arxes that exist, as they are
//	management keys       a row and a credential, or neither
//	audit                 every event is unaltered and stored twice, and the chains are unbroken
//	secrets               nothing contains an access key or a management key
//	stamp                 a table with data has one, of the format that this program knows
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
	looks = 3               // how often a table with findings is read
	pause = 2 * time.Second // between these reads

	// pageItems limits a page of the scan. Without it the local engine reads all the rest of the table for each page.
	pageItems = 2000
)

// Table returns the inconsistencies in the table, sorted. There are none if the table is consistent.
//
// A scan takes time, and may see only a part of a concurrent change. So an inconsistency must be found in three
// scans. In a table with many changes, counts may still seem to differ: check it again when it is idle.
//
// Memory does not grow with the table: a scan writes the items of keys and events to temporary files, which are
// together as large as the table, and then reads one file after the other. It grows with the longest history of a
// record, and with the number of applications and Arxes.
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

// lookAt checks the table once.
func lookAt(ctx context.Context, db dynamodb.ScanAPIClient, name string) ([]string, error) {
	files, err := newPartition(manyFiles, mostItems)
	if err != nil {
		return nil, err
	}
	defer files.close()
	s := newStored()
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &name, ConsistentRead: aws.Bool(true), Limit: aws.Int32(pageItems)})
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
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		s.part(items, now)
	}
	if !s.stamped && len(s.tenants) > 0 {
		s.add("the table has data, but no stamp")
	}
	return s.end(now), nil
}

// Items returns the inconsistencies in the items, which must be complete except for the stamp, at that time.
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

// part checks all items of some keys and some histories. All other items must have been taken before.
func (s *stored) part(items []table.Item, now time.Time) {
	p := s.sorted(items)
	for _, t := range p.tenants {
		t.keys(p)
		t.uses()
		t.events(now)
	}
	for id := range p.credentials {
		s.add("%s: has a credential, but no row", id)
	}
}

// end checks the rest when all parts are checked, and returns all findings.
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
