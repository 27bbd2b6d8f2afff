package problem_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/problem"
)

func TestEveryCodeHasItsStatus(t *testing.T) {
	for _, code := range problem.Codes() {
		got := problem.New(code, "x").Document("").Status
		if got < 400 || got > 599 {
			t.Errorf("%s: status %d is not an error", code, got)
		}
		if got == 500 && code != problem.Internal {
			t.Errorf("%s is not in the table: it would be returned as an internal error", code)
		}
	}
}

// The type is about:blank, so the title must be the status phrase (RFC 9457, section 4.2.1).
func TestTitleIsThatOfTheStatus(t *testing.T) {
	// By RFC 9110, after net/http named them.
	renamed := map[int]string{413: "Content Too Large", 422: "Unprocessable Content"}
	for _, code := range problem.Codes() {
		d := problem.New(code, "x").Document("")
		if want := cmp.Or(renamed[d.Status], http.StatusText(d.Status)); d.Type != "about:blank" || d.Title != want {
			t.Errorf("%s: %s %q, want %q", code, d.Type, d.Title, want)
		}
	}
}

func TestUnclassifiedErrorRevealsNothing(t *testing.T) {
	p := problem.Of(errors.New("dial tcp 10.0.0.7: secret-host refused"))
	if p.Code != problem.Internal {
		t.Fatalf("code %q, want internal", p.Code)
	}
	document, err := json.Marshal(p.Document("r-1"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(document), "secret-host") {
		t.Errorf("the document contains the cause: %s", document)
	}
	if !strings.Contains(p.Error(), "secret-host") {
		t.Errorf("the log line lacks the cause: %s", p.Error())
	}
}

func TestOfFindsAWrappedProblem(t *testing.T) {
	err := fmt.Errorf("create key key_7: %w", problem.New(problem.NotFound, "No such application."))
	if got := problem.Of(err).Code; got != problem.NotFound {
		t.Errorf("code %q, want not_found", got)
	}
	if !problem.Is(err, problem.NotFound) || problem.Is(err, problem.Internal) {
		t.Error("Is does not unwrap")
	}
	if problem.Of(nil) != nil {
		t.Error("Of(nil) is a problem")
	}
}

func ExampleInvalid() {
	p := problem.Invalid(problem.Field{Field: "allowed_origins", Code: "required", Detail: "a client application needs at least one origin, such as https://shop.example."})
	fmt.Println(p.Code.Status(), p.Detail)
	// Output: 422 allowed_origins: a client application needs at least one origin, such as https://shop.example.
}

func TestStoreErrorsAreRecognised(t *testing.T) {
	cause := errors.New("no connection")
	for _, err := range []error{problem.Busy(cause), problem.Throttled(cause), problem.Undecided(cause), problem.OfStore(cause),
		fmt.Errorf("read: %w", problem.OfStore(cause)), problem.Because(problem.Unavailable, problem.OfStore(cause), "Wait.")} {
		if !problem.IsStore(err) || !errors.Is(err, cause) {
			t.Errorf("%v", err)
		}
	}
	for _, err := range []error{nil, cause, problem.New(problem.Unavailable, "Wait."), problem.Contended(cause)} {
		if problem.IsStore(err) {
			t.Errorf("%v", err)
		}
	}
}
