-- /etc/haproxy/arxkeys.lua: asks Arxkeys whether a request may pass.
--   http-request lua.arxkeys <address of the check> <scopes, which may be "">
-- It refuses the request, or sets the variable txn.arxkeys to "allowed".

local management_key = os.getenv("ARXKEYS_MANAGEMENT_KEY") or ""
local timeout = 5000 -- milliseconds

local identity = {"x-arxkeys-key-id", "x-arxkeys-application", "x-arxkeys-arx", "x-arxkeys-tenant", "x-arxkeys-granted-scopes"}
local reasons = {[401] = "Send one valid access key.", [403] = "This access key is not allowed to do this.", [429] = "The limit of this access key is reached."}

-- list returns the values of a header, which HAProxy counts from 0.
local function list(values)
	local all = {}
	for i = 0, values and #values or -1 do all[#all + 1] = values[i] end
	return all
end

local function refuse(txn, status, answer)
	local reply = txn:reply{status = status, reason = "Refused", body = (reasons[status] or "Try again later.") .. "\n"}
	reply:add_header("content-type", "text/plain")
	for _, name in ipairs({"www-authenticate", "retry-after"}) do
		for _, value in ipairs(list(answer.headers and answer.headers[name])) do reply:add_header(name, value) end
	end
	txn:done(reply)
end

core.register_action("arxkeys", {"http-req"}, function(txn, check, scopes)
	local caller = txn.http:req_get_headers()
	local question = {
		["authorization"] = {"Bearer " .. management_key},
		["x-arxkeys-client-ip"] = {txn.f:src()},
	}
	local key, origin = list(caller["x-api-key"]), list(caller["origin"])
	if #key > 0 then question["x-api-key"] = key end
	if #origin > 0 then question["x-arxkeys-origin"] = origin end
	if scopes ~= "" then question["x-arxkeys-scopes"] = {scopes} end

	-- What the caller says about itself. Some servers take an underscore for a hyphen.
	for name in pairs(caller) do
		if name:find("^x[-_]arxkeys") then txn.http:req_del_header(name) end
	end
	-- A proxy behind this one removes the headers that Connection names: the caller must not name the identity.
	for _, value in ipairs(list(caller["connection"])) do
		if value:lower():find("x[-_]arxkeys") then txn.http:req_del_header("connection") end
	end
	txn.http:req_del_header("x-api-key")

	local answer = core.httpclient():get{url = check, headers = question, timeout = timeout}
	if answer.status == 200 then
		for _, name in ipairs(identity) do txn.http:req_set_header(name, list(answer.headers[name])[1] or "") end
		txn:set_var("txn.arxkeys", "allowed")
	elseif reasons[answer.status] and answer.headers["x-arxkeys-code"] then -- without a code it is not of the check
		refuse(txn, answer.status, answer)
	else
		refuse(txn, 503, answer)
	end
end, 2)
