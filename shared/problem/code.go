package problem

// Code identifies a kind of problem. It is stable: callers may branch on it.
type Code string

// Codes, from the caller's mistakes to server errors.
const (
	Malformed       Code = "malformed"              // the request cannot be decoded
	Unauthenticated Code = "unauthenticated"        // no credential, or an invalid one
	Forbidden       Code = "forbidden"              // the caller lacks the permission
	DirectCall      Code = "direct_call"            // calls must go through the edge, and this one did not
	NotFound        Code = "not_found"              // does not exist, or belongs to another tenant
	NotAllowed      Code = "method_not_allowed"     // the path exists, but not with this method
	WrongState      Code = "wrong_state"            // not allowed in the resource's state
	NameTaken       Code = "name_taken"             // another resource of the kind has the name
	Contention      Code = "contention"             // concurrent changes won every time; nothing was changed
	Changed         Code = "changed_meanwhile"      // the resource has changed since the caller read it
	TooLarge        Code = "too_large"              // the body exceeds the limit
	NotJSON         Code = "unsupported_media_type" // the body's content type is not JSON
	InvalidField    Code = "invalid_field"          // a field is wrong, missing or unknown
	TooMany         Code = "too_many_requests"      // the caller sends too many requests
	Internal        Code = "internal"               // a server error
	Unavailable     Code = "unavailable"            // a temporary failure; retry
	TableFormat     Code = "table_format"           // the table has a format that this version does not know
	TableRestored   Code = "table_restored"         // the table was restored, and revocations are not replayed yet
)

// outcome is the HTTP form of a code.
type outcome struct {
	status int
	title  string
}

// outcomes is the only mapping from problems to HTTP. The titles are the status phrases (RFC 9110; RFC 6585
// for 429), as RFC 9457 recommends for documents of type about:blank.
var outcomes = map[Code]outcome{
	Malformed:       {400, "Bad Request"},
	Unauthenticated: {401, "Unauthorized"},
	Forbidden:       {403, "Forbidden"},
	DirectCall:      {403, "Forbidden"},
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
	TableFormat:     {503, "Service Unavailable"},
	TableRestored:   {503, "Service Unavailable"},
}

// Status returns the HTTP status of the code, 500 for an unknown one.
func (c Code) Status() int {
	if o, ok := outcomes[c]; ok {
		return o.status
	}
	return outcomes[Internal].status
}

// Codes returns all codes, for the documentation of the API.
func Codes() []Code {
	return []Code{Malformed, Unauthenticated, Forbidden, DirectCall, NotFound, NotAllowed, WrongState, NameTaken, Contention, Changed, TooLarge, NotJSON, InvalidField, TooMany, Internal, Unavailable, TableFormat, TableRestored}
}
