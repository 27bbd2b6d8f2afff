package arxes

import (
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
)

// region is a region of a provider.
type region struct{ Code, City string }

// offered are the regions that the form suggests, the most used first. Any other can be typed.
var offered = map[api.Provider][]region{
	api.AWS: {
		{"eu-central-1", "Frankfurt"}, {"eu-west-1", "Ireland"}, {"eu-west-2", "London"}, {"eu-west-3", "Paris"},
		{"eu-north-1", "Stockholm"}, {"eu-south-1", "Milan"}, {"eu-central-2", "Zurich"}, {"us-east-1", "N. Virginia"},
		{"us-east-2", "Ohio"}, {"us-west-1", "N. California"}, {"us-west-2", "Oregon"}, {"ca-central-1", "Montreal"},
		{"sa-east-1", "São Paulo"}, {"ap-southeast-1", "Singapore"}, {"ap-southeast-2", "Sydney"}, {"ap-northeast-1", "Tokyo"},
		{"ap-northeast-2", "Seoul"}, {"ap-south-1", "Mumbai"}, {"me-central-1", "UAE"}, {"af-south-1", "Cape Town"},
	},
	api.GCP: {
		{"europe-west3", "Frankfurt"}, {"europe-west4", "Eemshaven"}, {"europe-west1", "St. Ghislain"}, {"europe-west2", "London"},
		{"europe-west9", "Paris"}, {"europe-west6", "Zurich"}, {"europe-north1", "Hamina"}, {"europe-southwest1", "Madrid"},
		{"us-central1", "Iowa"}, {"us-east1", "South Carolina"}, {"us-east4", "N. Virginia"}, {"us-west1", "Oregon"},
		{"northamerica-northeast1", "Montreal"}, {"southamerica-east1", "São Paulo"}, {"asia-southeast1", "Singapore"},
		{"asia-northeast1", "Tokyo"}, {"asia-south1", "Mumbai"}, {"australia-southeast1", "Sydney"},
	},
	api.Azure: {
		{"germanywestcentral", "Frankfurt"}, {"westeurope", "Netherlands"}, {"northeurope", "Ireland"}, {"uksouth", "London"},
		{"francecentral", "Paris"}, {"switzerlandnorth", "Zurich"}, {"swedencentral", "Gävle"}, {"italynorth", "Milan"},
		{"eastus", "Virginia"}, {"eastus2", "Virginia"}, {"centralus", "Iowa"}, {"westus2", "Washington"},
		{"canadacentral", "Toronto"}, {"brazilsouth", "São Paulo"}, {"southeastasia", "Singapore"}, {"japaneast", "Tokyo"},
		{"centralindia", "Pune"}, {"australiaeast", "Sydney"},
	},
}

// usualRegion returns the region that a new Arx of the provider has unless a person chooses others: on AWS
// that of this deployment, if it is known.
func usualRegion(p api.Provider, home string) string {
	if p == api.AWS && home != "" {
		return home
	}
	return offered[p][0].Code
}

// couldBeCode reports whether the text could be a region code: a word with a hyphen or a digit.
func couldBeCode(text string) bool {
	const letters, others = "abcdefghijklmnopqrstuvwxyz", "0123456789-"
	return strings.Trim(text, letters+others) == "" && strings.IndexAny(text, others) > 0
}

// isFoundBy reports whether the search matches the region's code or city.
func (r region) isFoundBy(search string) bool {
	search = strings.ToLower(strings.TrimSpace(search))
	return strings.Contains(r.Code, search) || strings.Contains(strings.ToLower(r.City), search)
}

// maxOffered is how many regions are shown without a search: three rows.
const maxOffered = 9

// regionsToOffer returns the regions to show: the chosen ones, then those of the provider that match the
// search, then the searched text if it could be a code itself. More is how many are left out if there is
// no search.
func regionsToOffer(p api.Provider, chosen []string, search string) (offers []region, more int) {
	cities := map[string]string{}
	for _, r := range offered[p] {
		cities[r.Code] = r.City
	}
	seen := map[string]bool{}
	for _, code := range chosen {
		offers = append(offers, region{Code: code, City: cities[code]})
		seen[code] = true
	}
	search = strings.TrimSpace(search)
	for _, r := range offered[p] {
		switch {
		case seen[r.Code] || !r.isFoundBy(search):
		case search == "" && len(offers) >= maxOffered:
			more++
		default:
			offers = append(offers, r)
			seen[r.Code] = true
		}
	}
	if search = strings.ToLower(search); !seen[search] && couldBeCode(search) {
		offers = append(offers, region{Code: search, City: "Use this code"})
	}
	return offers, more
}
