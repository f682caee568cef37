%% Measures Mnesia on the workloads that the project's benchmark runs, one line per workload:
%%   <workload> <replicas> <workers> <ops/s> <p50 us> <p99 us>
%% Usage: erlc mnesia_peer.erl && erl -noshell -sname peer -run mnesia_peer main 2      (2: seconds a workload)
%%    or: ... main 2 ram1,disc1 read,write 1,32      (only these tables, workloads and numbers of workers)
%% 10,000 records {key, 80-byte body, balance, group = key rem 100}, a secondary index on group.
%% read: one record; write: one record; transfer: two records read for update and written; hot: transfer among 10
%% records; index: the 100 records of a group by the index; select: the same by a scan that filters; all: every
%% record; insert: a new key. Replicas 1: this node; 3: three nodes on this machine, the workers spread over them.
%% disc_copies are not fsynced by Mnesia: its acknowledged commits can be lost for about two seconds.
-module(mnesia_peer).
-export([main/1, main/0, work/5]).
-define(KEYS, 10000).

main() -> main(["3"]).
main([Secs]) -> main([Secs, "ram1,disc1,ram3,disc3", "read,write,transfer,hot,index,select,all,insert", "1,32"]);
main([Secs, Tables, Workloads, Workers]) ->
    Wanted = [list_to_atom(X) || X <- string:lexemes(Tables, ",")],
    Ws = [list_to_atom(X) || X <- string:lexemes(Workloads, ",")],
    Cs = [list_to_integer(X) || X <- string:lexemes(Workers, ",")],
    Others = [I || I <- [1, 2], lists:member(ram3, Wanted) orelse lists:member(disc3, Wanted)],
    Dir = filename:absname("mnesia_peer_" ++ os:getpid()),
    application:set_env(mnesia, dir, Dir),
    application:set_env(mnesia, dump_log_write_threshold, 50000),
    Peers = [begin {ok, P, N} = peer:start(#{name => peer:random_name(),
               args => ["-mnesia", "dir", "\"" ++ Dir ++ integer_to_list(I) ++ "\"",
                        "-mnesia", "dump_log_write_threshold", "50000",
                        "-pa", filename:dirname(code:which(?MODULE))]}), {P, N} end || I <- Others],
    Nodes = [N || {_, N} <- Peers],
    ok = mnesia:create_schema([node() | Nodes]),
    mnesia:start(), [rpc:call(N, mnesia, start, []) || N <- Nodes],
    S = list_to_integer(Secs) * 1000,
    [table(T, K, R) || {T, K, R} <- [{ram1, ram_copies, [node()]}, {disc1, disc_copies, [node()]},
                                     {ram3, ram_copies, [node() | Nodes]}, {disc3, disc_copies, [node() | Nodes]}],
        lists:member(T, Wanted)],
    [run(W, T, length(Rs), C, S, Rs) ||
        {T, Rs} <- [{ram1, [node()]}, {disc1, [node()]}, {ram3, [node() | Nodes]}, {disc3, [node() | Nodes]}],
        lists:member(T, Wanted), W <- Ws, C <- Cs],
    [peer:stop(P) || {P, _} <- Peers],
    mnesia:stop(), [file:del_dir_r(Dir ++ X) || X <- ["", "1", "2"]], halt().

table(T, Kind, Where) ->
    {atomic, ok} = mnesia:create_table(T, [{Kind, Where}, {attributes, [key, body, balance, group]},
                                           {index, [group]}]),
    ok = mnesia:wait_for_tables([T], 10000),
    B = binary:copy(<<"x">>, 80),
    {atomic, ok} = mnesia:transaction(fun() -> [mnesia:write({T, K, B, 1000, K rem 100}) || K <- lists:seq(0, ?KEYS - 1)], ok end).

run(W, T, R, C, Ms, Nodes) ->
    Self = self(),
    Pids = [spawn(lists:nth(1 + I rem length(Nodes), Nodes), ?MODULE, work, [Self, W, T, I, Ms]) || I <- lists:seq(0, C - 1)],
    Ls = lists:append([receive {P, L} -> L end || P <- Pids]),
    S = lists:sort(Ls), Len = length(S),
    io:format("~-10s ~-6s replicas=~w workers=~-3w ~9w ops/s p50=~w us p99=~w us~n",
              [atom_to_list(W), atom_to_list(T), R, C, Len * 1000 div Ms,
               lists:nth(max(1, Len div 2), S), lists:nth(max(1, trunc(Len * 0.99)), S)]).

work(Parent, W, T, I, Ms) ->
    rand:seed(exsss, {I, 1, 2}),
    End = erlang:monotonic_time(microsecond) + Ms * 1000,
    Parent ! {self(), loop(W, T, I * 100000000 + 1000000, End, [])}.

loop(W, T, Next, End, Acc) ->
    T0 = erlang:monotonic_time(microsecond),
    if T0 >= End -> Acc;
       true -> op(W, T, Next), loop(W, T, Next + 1, End, [erlang:monotonic_time(microsecond) - T0 | Acc]) end.

k() -> rand:uniform(?KEYS) - 1.
tx(F) -> {atomic, R} = mnesia:transaction(F), R.
op(read, T, _) -> K = k(), [_] = tx(fun() -> mnesia:read(T, K) end);
op(write, T, _) -> K = k(), tx(fun() -> mnesia:write({T, K, binary:copy(<<"y">>, 80), 1000, K rem 100}) end);
op(insert, T, N) -> tx(fun() -> mnesia:write({T, N, binary:copy(<<"z">>, 80), 1000, 100 + N rem 1000}) end);
op(transfer, T, _) -> move(T, k(), k());
op(hot, T, _) -> move(T, rand:uniform(10), rand:uniform(10));
op(index, T, _) -> G = rand:uniform(100) - 1, tx(fun() -> mnesia:index_read(T, G, group) end);
op(select, T, _) -> G = rand:uniform(100) - 1, tx(fun() -> mnesia:select(T, [{{T, '_', '_', '_', '$1'}, [{'==', '$1', G}], ['$_']}]) end);
op(all, T, _) -> tx(fun() -> mnesia:match_object(mnesia:table_info(T, wild_pattern)) end).

move(_, A, A) -> ok;
move(T, A, B) ->
    tx(fun() -> [{T, A, X, P, G}] = mnesia:read(T, A, write), [{T, B, Y, Q, H}] = mnesia:read(T, B, write),
                mnesia:write({T, A, X, P - 1, G}), mnesia:write({T, B, Y, Q + 1, H}) end).
