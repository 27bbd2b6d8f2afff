package check

import (
	"fmt"
	"testing"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

func TestPartitionReadsFewItemsAtOnce(t *testing.T) {
	const records, most = 300, 20
	p, err := newPartition(4, most)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	want := map[string]int{"long": 3 * most}
	for i := range records {
		want[fmt.Sprint("record ", i)] = 1 + i%5
	}
	for record, n := range want {
		for i := range n {
			item := table.NewItem(table.Gate(record))
			item.SetInt("n", i)
			if err := p.put(record, item); err != nil {
				t.Fatal(err)
			}
		}
	}
	whole := map[string]bool{}
	for items, err := range p.all() {
		if err != nil {
			t.Fatal(err)
		}
		read := map[string]int{}
		for _, item := range items {
			_, record, _ := item.Key().Parts()
			if n := item.Int("n"); n != read[record] {
				t.Errorf("%s: item %d, want %d", record, n, read[record])
			}
			read[record]++
		}
		for record, n := range read {
			if whole[record] || n != want[record] {
				t.Errorf("%s: %d items at once, want all %d of them, once", record, n, want[record])
			}
			whole[record] = true
		}
		if len(items) > most && read["long"] == 0 {
			t.Errorf("%d items at once, want at most %d", len(items), most)
		}
	}
	if len(whole) != len(want) {
		t.Errorf("%d records, want %d", len(whole), len(want))
	}
}
