package arxes

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestRegionsAreFoundByCodeAndCity(t *testing.T) {
	for _, row := range []struct {
		about  string
		chosen []string
		search string
		want   []string
	}{
		{"by city", nil, "frank", []string{"eu-central-1"}},
		{"by code", nil, "EU-CENTRAL", []string{"eu-central-1", "eu-central-2", "eu-central"}}, // and the text itself
		{"the chosen come first and stay", []string{"us-west-2"}, "frank", []string{"us-west-2", "eu-central-1"}},
		{"a code that is not listed", nil, "il-central-1", []string{"il-central-1"}},
		{"a word that is no code", nil, "atlantis", nil},
	} {
		offers, _ := regionsToOffer(api.AWS, row.chosen, row.search)
		var got []string
		for _, r := range offers {
			got = append(got, r.Code)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: %s", row.about, diff)
		}
	}
}

func TestOfferedRegionsAreOnesThatTheAPITakes(t *testing.T) {
	for provider, regions := range offered {
		seen := map[string]bool{}
		for _, r := range regions {
			if seen[r.Code] {
				t.Errorf("%s offers %s twice", provider, r.Code)
			}
			seen[r.Code] = true
			request := api.CreateArxRequest{Name: "x", Provider: provider, Regions: []string{r.Code}}
			if err := request.Validate(); err != nil {
				t.Errorf("%s: %v", r.Code, err)
			}
		}
	}
}
