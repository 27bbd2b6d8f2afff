package problem

// Code names a problem. It is stable: callers may branch on it.
type Code string

// The codes, from the caller's mistakes to ours.
const (
	Malformed       Code = "malformed"              // the request can't be read
	Unauthenticated Code = "unauthenticated"        // nobody: no credential, or one that is not accepted
	Forbidden       Code = "forbidden"              // somebody who may not
	NotFound        Code = "not_found"              // not there, or not yours
	NotAllowed      Code = "method_not_allowed"     // there, but not with this method
	WrongState      Code = "wrong_state"            // the resource's state does not allow it
	NameTaken       Code = "name_taken"             // another resource of the kind has the name
	Contention      Code = "contention"             // others kept changing the resource, and nothing was changed
	Changed         Code = "changed_meanwhile"      // the resource is not the one that the caller saw
	TooLarge        Code = "too_large"              // the body exceeds the limit
	NotJSON         Code = "unsupported_media_type" // the body has another content type than JSON
	InvalidField    Code = "invalid_field"          // a field is wrong, missing or unknown
	TooMany         Code = "too_many_requests"      // too fast
	Internal        Code = "internal"               // our fault
	Unavailable     Code = "unavailable"            // can't be found out for now
)

// outcome is how a code shows in HTTP.
type outcome struct {
	status int
	title  string
}

// outcomes is the one table from problems to HTTP. The titles are the status phrases (RFC 9110, RFC
// 6585 for 429), as RFC 9457 wants of documents whose type is about:blank.
var outcomes = map[Code]outcome{
	Malformed:       {400, "Bad Request"},
	Unauthenticated: {401, "Unauthorized"},
	Forbidden:       {403, "Forbidden"},
	NotFound:        {404, "Not Found"},
	NotAllowed:      {405, "Method Not Allowed"},
	WrongState:      {409, "Conflict"},
	NameTaken:       {409, "Conflict"},
	Contention:      {409, "Conflict"},
	Changed:         {412, "Precondition Failed"},
	TooLarge:        {413, "Content Too Large"},
	NotJSON:         {415, "Unsupported Media Type"},
	InvalidField:    {422, "Unprocessable Content"},
	TooMany:         {429, "Too Many Requests"},
	Internal:        {500, "Internal Server Error"},
	Unavailable:     {503, "Service Unavailable"},
}

// Status returns the HTTP status of the code; 500 for one that is not in the table.
func (c Code) Status() int {
	if o, ok := outcomes[c]; ok {
		return o.status
	}
	return outcomes[Internal].status
}

// Codes returns every code, for the documentation of the API.
func Codes() []Code {
	return []Code{Malformed, Unauthenticated, Forbidden, NotFound, NotAllowed, WrongState, NameTaken, Contention, Changed, TooLarge, NotJSON, InvalidField, TooMany, Internal, Unavailable}
}
