package catalog

import "testing"

func TestOnlyKeysThatWorkStop(t *testing.T) {
	for _, c := range []struct {
		lately lately
		want   string
	}{
		{lately{}, ""}, {lately{Keys: 1}, "1 active key stops."}, {lately{Keys: 2}, "2 active keys stop."},
		{lately{Keys: 500, More: true}, "At least 500 active keys stop."},
	} {
		if got := c.lately.stop(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.lately, got, c.want)
		}
	}
}

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
