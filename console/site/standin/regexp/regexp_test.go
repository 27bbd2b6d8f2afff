package regexp

import (
	"regexp"
	"testing"
)

func TestPatternsThatItDoesNotKnowAreRefused(t *testing.T) {
	for _, pattern := range []string{"", "/keys", "^/keys$", "/keys/[^/]+", "^/keys/[^/]+", "/keys/[^/]+$", "^/keys/.*$", "^/keys/[^/]+/[^/]+$"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q: taken", pattern)
				}
			}()
			MustCompile(pattern)
		}()
	}
}

func TestPatternsMeanWhatTheyMeanToGo(t *testing.T) {
	for _, pattern := range []string{".*", "^/keys/[^/]+$", "^/keys/[^/]+/edit$"} {
		ours, its := MustCompile(pattern), regexp.MustCompile(pattern)
		for _, path := range []string{
			"", "/", "/keys", "/keys/", "/keys/1", "/keys//", "/keys/1/", "/keys/1/edit", "/keys/1/edit/", "/keys//edit",
			"/keys/1/2/edit", "/keys/edit", "/keys/edit/edit", "/v1/keys/1", "keys/1",
		} {
			if got, want := ours.MatchString(path), its.MatchString(path); got != want {
				t.Errorf("%s on %q: %t, want %t", pattern, path, got, want)
			}
		}
	}
}
