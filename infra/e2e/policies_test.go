package e2e

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/arxkeys/arxkeys/infra/template"
)

// asked are the DynamoDB calls of functions in this run.
var asked = calls{seen: map[access]bool{}, requests: map[string]request{}}

// TestMain compares the functions' policies in template.yaml with the calls that the functions made during the tests:
// no action and no kind of partition may be missing and, if all tests ran, none may be unused. It also checks that
// all HTTP responses matched the OpenAPI document.
func TestMain(m *testing.M) {
	flag.Parse()
	slog.SetLogLoggerLevel(slog.LevelWarn) // libraries log what they register
	code := m.Run()
	for _, line := range broken.all {
		fmt.Println(line)
		code = 1
	}
	if code == 0 {
		all := !testing.Short()
		for _, narrower := range []string{"test.run", "test.skip", "test.list"} {
			all = all && flag.Lookup(narrower).Value.String() == ""
		}
		complaints, err := wrongPolicies(filepath.Join(root, "template.yaml"), asked.all(), all)
		if err != nil {
			complaints = []string{err.Error()}
		}
		for _, c := range complaints {
			fmt.Println(c)
			code = 1
		}
		if all && code == 0 {
			if err := asked.write(filepath.Join(root, "build/e2e/calls.json")); err != nil {
				fmt.Println(err)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// access is an action on a kind of partition, such as dynamodb:GetItem on rec#*. For an index, the kind begins with
// its path.
type access struct{ function, action, kind string }

func on(index, kind string) string {
	if index == "" {
		return kind
	}
	return "index/" + index + " " + kind
}

func (a access) String() string { return a.function + ": " + a.action + " " + a.kind }

// rare are accesses that a function needs and no test can cause, with the reason.
var rare = map[access]string{
	{"KeysUpdateFunction", "dynamodb:UpdateItem", "rec#*"}: "the counts change when a key is extended that the sweep has counted as expired",
}

// wrongPolicies returns the differences between the policies of the template and the calls. It reports unused
// permissions only if all tests ran.
func wrongPolicies(file string, asked map[access]bool, all bool) (complaints []string, err error) {
	read, err := template.Read(file, template.Options{Attributes: map[string]string{
		"Table": "arxkeys", "Table.Arn": "arn", "UserPool": "pool", "UserPool.ProviderURL": "https://pool.example", "UserPoolClient": "client", "CommandLineClient": "line", "AWS::StackName": "stack",
	}})
	if err != nil {
		return nil, err
	}
	may := map[access]bool{}
	for _, f := range read.Functions {
		for _, s := range f.Policies {
			for _, action := range s.Actions {
				for _, kind := range s.LeadingKeys {
					for _, resource := range s.Resources {
						_, index, _ := strings.Cut(resource, "/index/")
						may[access{f.LogicalID, action, on(index, kind)}] = true
					}
				}
			}
		}
	}
	for a := range asked {
		if !may[a] {
			complaints = append(complaints, fmt.Sprintf("template.yaml: %s is missing: the function made this call", a))
		}
	}
	for a := range may {
		if all && !asked[a] && rare[a] == "" {
			complaints = append(complaints, fmt.Sprintf("template.yaml: %s is not needed, or no test covers it: the function never made this call", a))
		}
	}
	for a := range rare {
		if asked[a] || !may[a] {
			complaints = append(complaints, fmt.Sprintf("%s is not rare: remove it from the list", a))
		}
	}
	slices.Sort(complaints)
	return complaints, nil
}

// calls is a set of accesses, and of the requests that they were part of.
type calls struct {
	mu       sync.Mutex
	seen     map[access]bool
	requests map[string]request // by their text
}

// request is what one request does by one action. IAM evaluates all kinds of partitions of an action together.
type request struct {
	Function, Action string
	Index            string // empty means the table
	Kinds            []string
}

// add records the accesses of one request.
func (c *calls) add(function string, accesses [][2]string) {
	requests := map[[2]string]request{} // by action and index
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range accesses {
		action, kind := "dynamodb:"+a[0], a[1]
		c.seen[access{function, action, kind}] = true
		index := ""
		if rest, ok := strings.CutPrefix(kind, "index/"); ok {
			index, kind, _ = strings.Cut(rest, " ")
		}
		r := requests[[2]string{action, index}]
		r.Function, r.Action, r.Index = function, action, index
		if !slices.Contains(r.Kinds, kind) {
			r.Kinds = append(r.Kinds, kind)
			slices.Sort(r.Kinds)
		}
		requests[[2]string{action, index}] = r
	}
	for _, r := range requests {
		c.requests[fmt.Sprint(r)] = r
	}
}

// write writes the requests to the file. infra/sam evaluates them with a simulator of IAM.
func (c *calls) write(file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []request
	for _, text := range slices.Sorted(maps.Keys(c.requests)) {
		all = append(all, c.requests[text])
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

func (c *calls) all() map[access]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.seen)
}

// listen reads the DynamoDB requests on a connection until it ends. It records those of functions, which have the
// function's logical id as session token.
func (c *calls) listen(connection io.Reader) {
	defer io.Copy(io.Discard, connection) // never block the writer
	for r := bufio.NewReader(connection); ; {
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		function := request.Header.Get("X-Amz-Security-Token")
		if function == "" {
			continue
		}
		_, action, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
		c.add(function, accesses(action, body))
	}
}

// key is the partition key of an item or of a key.
type key struct {
	PK struct{ S string } `json:"pk"`
}

// kind returns the partition's kind as in a policy, such as rec#*.
func (k key) kind() string { return kindOf(k.PK.S) }

func kindOf(partition string) string {
	kind, _, _ := strings.Cut(partition, "#")
	return kind + "#*"
}

// accesses returns the actions of a request as IAM evaluates them, each with a kind of partition.
func accesses(action string, body []byte) (all [][2]string) {
	type target struct{ Key, Item key }
	var in struct {
		target
		RequestItems              map[string]struct{ Keys []key }
		TransactItems             []map[string]target
		IndexName                 string
		KeyConditionExpression    string
		ExpressionAttributeNames  map[string]string
		ExpressionAttributeValues map[string]struct{ S string }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return [][2]string{{action, "with an unreadable body"}}
	}
	switch action {
	case "GetItem", "UpdateItem", "DeleteItem":
		return [][2]string{{action, in.Key.kind()}}
	case "PutItem":
		return [][2]string{{action, in.Item.kind()}}
	case "BatchGetItem":
		for _, of := range in.RequestItems {
			for _, k := range of.Keys {
				all = append(all, [2]string{action, k.kind()})
			}
		}
		return all
	case "TransactWriteItems", "TransactGetItems":
		for _, item := range in.TransactItems {
			for name, on := range item {
				what := map[string]string{"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}[name]
				if name == "Put" {
					on.Key = on.Item
				}
				all = append(all, [2]string{what, on.Key.kind()})
			}
		}
		return all
	case "Query":
		for _, equality := range equalities.FindAllStringSubmatch(in.KeyConditionExpression, -1) {
			name := equality[1]
			if given, ok := in.ExpressionAttributeNames[name]; ok {
				name = given
			}
			if name == "pk" || in.IndexName != "" {
				return [][2]string{{action, on(in.IndexName, kindOf(in.ExpressionAttributeValues[equality[2]].S))}}
			}
		}
	}
	return [][2]string{{action, "of an unknown partition"}}
}

var equalities = regexp.MustCompile(`(#?\w+) ?= ?(:\w+)`)

func TestAccessesAreThoseThatIAMEvaluates(t *testing.T) {
	for _, c := range []struct{ action, body, want string }{
		{"GetItem", `{"TableName": "t", "Key": {"pk": {"S": "rec#a"}, "sk": {"S": "-"}}}`, "[[GetItem rec#*]]"},
		{"PutItem", `{"Item": {"pk": {"S": "evt#a"}}}`, "[[PutItem evt#*]]"},
		{"BatchGetItem", `{"RequestItems": {"t": {"Keys": [{"pk": {"S": "gate#a"}}, {"pk": {"S": "cred#b"}}]}}}`, "[[BatchGetItem gate#*] [BatchGetItem cred#*]]"},
		{"TransactWriteItems", `{"TransactItems": [{"Put": {"Item": {"pk": {"S": "rec#a"}}}}, {"ConditionCheck": {"Key": {"pk": {"S": "gate#a"}}}}, {"Delete": {"Key": {"pk": {"S": "mgk#a"}}}}]}`,
			"[[PutItem rec#*] [ConditionCheckItem gate#*] [DeleteItem mgk#*]]"},
		{"Query", `{"KeyConditionExpression": "#p = :p AND sk BETWEEN :a AND :b", "ExpressionAttributeNames": {"#p": "pk"}, "ExpressionAttributeValues": {":p": {"S": "rec#a"}, ":a": {"S": "x"}}}`, "[[Query rec#*]]"},
		{"Query", `{"IndexName": "jobs", "KeyConditionExpression": "job = :p AND at < :a", "ExpressionAttributeValues": {":p": {"S": "expiry#0"}}}`, "[[Query index/jobs expiry#*]]"},
		{"Scan", `{"TableName": "t"}`, "[[Scan of an unknown partition]]"},
	} {
		if got := fmt.Sprint(accesses(c.action, []byte(c.body))); got != c.want {
			t.Errorf("%s: %s, want %s", c.action, got, c.want)
		}
	}
}

func TestRequestsAreRecordedWithAllTheirKinds(t *testing.T) {
	c := calls{seen: map[access]bool{}, requests: map[string]request{}}
	c.add("F", accesses("BatchGetItem", []byte(`{"RequestItems": {"t": {"Keys": [{"pk": {"S": "gate#a"}}, {"pk": {"S": "cred#b"}}, {"pk": {"S": "gate#c"}}]}}}`)))
	c.add("F", accesses("Query", []byte(`{"IndexName": "jobs", "KeyConditionExpression": "job = :p", "ExpressionAttributeValues": {":p": {"S": "expiry#0"}}}`)))
	file := filepath.Join(t.TempDir(), "e2e", "calls.json")
	if err := c.write(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got []request
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := "[{F dynamodb:BatchGetItem  [cred#* gate#*]} {F dynamodb:Query jobs [expiry#*]}]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestPolicyThatDiffersFromTheCallsIsFound(t *testing.T) {
	file := filepath.Join(root, "template.yaml")
	var few, many access
	few = access{"KeysGetFunction", "dynamodb:PutItem", "rec#*"}
	many = access{"KeysGetFunction", "dynamodb:GetItem", "cred#*"}
	complaints, err := wrongPolicies(file, map[access]bool{few: true}, false)
	if err != nil || len(complaints) != 1 || !strings.Contains(complaints[0], few.String()) {
		t.Errorf("%v: %q", err, complaints)
	}
	complaints, err = wrongPolicies(file, nil, true)
	if err != nil || !slices.ContainsFunc(complaints, func(c string) bool { return strings.Contains(c, many.String()) }) {
		t.Errorf("%v: %q", err, complaints)
	}
}
