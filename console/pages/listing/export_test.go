package listing

import "testing"

func TestCSVQuotesFieldsAndDisarmsFormulas(t *testing.T) {
	for want, fields := range map[string][]string{
		"\"a\",\"b \"\"c\"\", d\",\"\"\r\n":                            {"a", `b "c", d`, ""},
		"\"'=1+1\",\"'+1\",\"'-1\",\"'@SUM(A1)\",\"'\tx\",\"'＝1\"\r\n": {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1"},
		"\"a=1\",\"key_1\"\r\n":                                        {"a=1", "key_1"},
	} {
		if got := CSV(fields); got != want {
			t.Errorf("%q is %q, want %q", fields, got, want)
		}
	}
}
