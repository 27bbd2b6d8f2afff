package catalog

import "testing"

func TestSentenceNamesTheKeysThatAreAtWork(t *testing.T) {
	for _, c := range []struct {
		lately lately
		want   string
	}{
		{lately{Keys: 4}, "None was used in the last 24 hours."},
		{lately{Keys: 4, Used: 1, Names: []string{"Invoices"}}, "One was used in the last 24 hours: Invoices."},
		{lately{Keys: 4, Used: 2, Names: []string{"Invoices", "key_1"}}, "2 were used in the last 24 hours: Invoices, key_1."},
		{lately{Keys: 500, Used: 40, Names: []string{"A", "B", "C"}, More: true}, "40 of the newest 500 were used in the last 24 hours: A, B, C and 37 more."},
	} {
		if got := c.lately.sentence(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
