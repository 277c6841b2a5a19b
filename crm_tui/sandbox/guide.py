"""How to use the sandbox by hand, as `crm-tui sandbox --help` prints it. Text alone; imports nothing.

A test carries out every line that begins with `curl`, in order, against a fresh sandbox, another one reads every line
that begins with `crm-tui` as the command line does, and both look for every
switch and every address below /api/_sandbox here.
"""

GUIDE = """\
by hand, after `crm-tui sandbox --port 8800` and with two variables:

  URL=http://127.0.0.1:8800/api  ME=ana@example.com:sandbox

  open its board, or ask who you are (the password is `sandbox`; plain http is for this machine alone)
    crm-tui --plain-http --url $URL --user ana@example.com
    crm-tui whoami --plain-http --url $URL --user ana@example.com

  sign in: with every call, or for a token (which goes on with -H "Authorization: Bearer …")
    curl -u $ME $URL/auth/me
    curl -d grant_type=password -d username=ana@example.com -d password=sandbox $URL/token
    curl -d grant_type=password -d username=theo@example.com -d password=sandbox -d totp=$CODE $URL/token

  list: pages, order, filters, ranges; some by their ids; then one record, whole
    curl -u $ME "$URL/crm/crmboardcolumns?CrmBoardColumn_CrmBoard_Name=sales&orderby=Position"
    curl -u $ME "$URL/crm/crmopportunities?CrmOpportunity_Status=1&orderby=Value&dir=1&size=5"
    curl -u $ME "$URL/crm/crmopportunities?from_CrmOpportunity_UpdatedOn=2026-01-01T00:00&page=2"
    curl -g -u $ME "$URL/crm/crmopportunities?id=[$ID,$OLD]"
    curl -u $ME $URL/crm/crmopportunities/$ID

  what stands around it: moves, changes, roles, and what numbers mean
    curl -u $ME "$URL/crm/crmopportunityhistories?CrmOpportunityHistory_CrmOpportunity=$ID"
    curl -u $ME "$URL/sys/audittrailentries?AuditTrailEntry_EntityId=$ID"
    curl -u $ME $URL/security/userroles
    curl -u $ME $URL/security/roles
    curl -u $ME "$URL/utils/enums?name=eCrmOpportunityLossReason"

  move: PUT replaces, so take the whole record, change CrmBoardColumnId, send all of it
    curl -u $ME -X PUT -d @record.json $URL/crm/crmopportunities

  create and delete
    curl -u $ME $URL/crm/crmopportunities -d '{"CrmBoardColumnId":'$STAGE',
      "CoworkerId":'$CUSTOMER', "Status":1, "Position":1}'
    curl -u $ME -X DELETE $URL/crm/crmopportunities/$OLD

  see what was asked, and what the stages did: mail, tasks, tours, accounts
    curl -u $ME "$URL/_sandbox/requests?after=0"
    curl -u $ME $URL/_sandbox/effects

  order trouble: status, html, refuse, throttle, drop, hang or latency, for the requests that match
    curl -u $ME -d '{"action":"status","status":503,"method":"PUT","times":2}' $URL/_sandbox/faults
    curl -u $ME -d '{"action":"latency","seconds":0.1,"path":"/api/crm/*"}' $URL/_sandbox/faults
    curl -u $ME -X DELETE $URL/_sandbox/faults
  a fault may say method, path (* for any text) and query ({"page":2}) of the requests it means; after
  (how many pass first) and times (1; null for ever); status, headers and body of its answer, message of
  a refusal, seconds of a latency; after_commit true lets the request be carried out before

  let somebody else write, at once or right after the nth matching request was answered
    curl -u $ME $URL/_sandbox/edits -d '[{"entity":"CrmOpportunity","id":'$ID',
      "set":{"Name":"theirs"}, "at_request":{"method":"GET","path":"/api/crm/*","nth":1}}]'
    curl -u $ME $URL/_sandbox/edits
  without an id an edit makes a record, with delete true it removes one; by is the e-mail that signs

  turn switches, end all tokens before their time
    curl -u $ME -d '{"dialect":"v1","commands":"sample"}' $URL/_sandbox/switches
    curl -u $ME -X DELETE "$URL/_sandbox/tokens?kind=access"

  commands, which the switch above lets the service offer: the list, and one run
    curl -u $ME "$URL/crm/crmopportunities/commands?id=$ID"
    curl -u $ME $URL/crm/crmopportunities/runcommand -d '{"Key":"SANDBOX_WIN","Ids":['$ID']}'

users (password `sandbox`): ana administrator; mina, jules, tom managers of one location each; rita reads
only; nora has no role; theo has a second factor, JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP; noel and piet cannot sign
in. All are @example.com.

switches (--switch NAME=VALUE at the start, any number of times; the first value is the one at the start):
  dialect v2|v1                 login_status null|400|401     by_ids null|form|envelope|array
  forbidden_status 401|403      dir_style 0/1|1/-1            string_match contains|equals
  record_shape flat|nested      light_lists true|false        commands none|sample
  strip_system_id false|true    put_by_id false|true          reuse_revokes false|true
  access_seconds 604799         refresh_seconds 1296000       audit_delay 0 (seconds)
  updated_grain 1 (seconds)     opportunities_per_location 5000
  throttle off|409|429 with gets_per_100ms 1, requests_per_minute 120, requests_per_hour 5000,
  requests_per_day 200000, writes_per_minute 60, writes_per_day 5000 (0 lifts a limit)
  null follows the dialect
"""
