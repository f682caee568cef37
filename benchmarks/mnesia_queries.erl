%% Measures Mnesia on the benchmark's queries, over tables of any size, one line per workload:
%%   <workload> <table> replicas=1 workers=<n> <ops/s> ops/s p50=<us> us p99=<us> us
%% Usage: erlc mnesia_queries.erl
%%        erl -noshell -sname queries -run mnesia_queries main 2 ram1 10000 index,next,count 1,32
%% (2: seconds a workload; ram1 or disc1; 10,000 records; these workloads; these numbers of workers)
%% The records are those of mnesia_peer.erl, but always 100 of a group: group = key rem (records div 100), and a
%% secondary index on it. Each operation is one transaction, and its answer is checked as ours is.
%% index: the 100 records of a group by the index; select: the same by a scan that filters; all: every record;
%% first, page: the ten first records by group and key: Mnesia's index is not in order, so {group, key} of every record
%% is selected and sorted, and ten are read; next: mnesia:next of a key, in an ordered_set, since only there it is the
%% next greater one; count: table_info(size) under the table's read lock; range: the number of records in ten neighbouring
%% groups, by ten index_reads, which takes groups that are known to be integers: any other range is a scan, as select.
-module(mnesia_queries).
-export([main/1, work/6]).

main([Secs, Table, Records, Workloads, Workers]) ->
    Dir = filename:absname("mnesia_queries_" ++ os:getpid()),
    application:set_env(mnesia, dir, Dir),
    application:set_env(mnesia, dump_log_write_threshold, 50000),
    ok = mnesia:create_schema([node()]),
    ok = mnesia:start(),
    Kind = case Table of "ram1" -> ram_copies; "disc1" -> disc_copies end,
    Size = list_to_integer(Records),
    Ws = [list_to_atom(X) || X <- string:lexemes(Workloads, ",")],
    Cs = [list_to_integer(X) || X <- string:lexemes(Workers, ",")],
    Name = fun(set) -> list_to_atom(Table); (ordered_set) -> list_to_atom(Table ++ "_ordered") end,
    [load(Name(Type), Kind, Type, Size) || Type <- lists:usort([type(W) || W <- Ws])],
    [run(W, Table, Name(type(W)), Size, C, list_to_integer(Secs) * 1000000) || W <- Ws, C <- Cs],
    mnesia:stop(), file:del_dir_r(Dir), halt().

type(next) -> ordered_set;
type(_) -> set.

groups(Size) -> Size div 100.

load(T, Kind, Type, Size) ->
    {atomic, ok} = mnesia:create_table(T, [{Kind, [node()]}, {type, Type}, {index, [group]},
                                           {attributes, [key, body, balance, group]}]),
    ok = mnesia:wait_for_tables([T], 10000),
    B = binary:copy(<<"x">>, 80),
    T0 = erlang:monotonic_time(millisecond),
    [tx(fun() -> [mnesia:write({T, K, B, 1000, K rem groups(Size)}) ||
                     K <- lists:seq(From, min(From + 10000, Size) - 1)], ok end) || From <- lists:seq(0, Size - 1, 10000)],
    io:format("loaded ~w records into ~w in ~w ms, ~w bytes of memory~n",
              [Size, T, erlang:monotonic_time(millisecond) - T0, erlang:memory(total)]).

run(W, Table, T, Size, C, Micros) ->
    Self = self(),
    erlang:garbage_collect(),
    T0 = erlang:monotonic_time(microsecond),
    Pids = [spawn_link(?MODULE, work, [Self, W, T, Size, I, T0 + Micros]) || I <- lists:seq(0, C - 1)],
    S = lists:sort(lists:append([receive {P, L} -> L end || P <- Pids])),
    Len = length(S),
    %% The time that it took and not what was asked for: an operation may be longer than that.
    Took = erlang:monotonic_time(microsecond) - T0,
    io:format("~-10s ~-6s replicas=1 workers=~-3w ~.2f ops/s p50=~w us p99=~w us~n",
              [atom_to_list(W), Table, C, Len * 1000000 / Took,
               lists:nth(max(1, Len div 2), S), lists:nth(max(1, trunc(Len * 0.99)), S)]).

work(Parent, W, T, Size, I, End) ->
    rand:seed(exsss, {I, 1, 2}),
    Parent ! {self(), loop(W, T, Size, End, [])}.

loop(W, T, Size, End, Acc) ->
    T0 = erlang:monotonic_time(microsecond),
    if T0 >= End -> Acc;
       true -> op(W, T, Size), loop(W, T, Size, End, [erlang:monotonic_time(microsecond) - T0 | Acc]) end.

tx(F) -> {atomic, R} = mnesia:transaction(F), R.

op(index, T, Size) ->
    G = rand:uniform(groups(Size)) - 1,
    100 = length(tx(fun() -> mnesia:index_read(T, G, group) end));
op(select, T, Size) ->
    G = rand:uniform(groups(Size)) - 1,
    100 = length(tx(fun() -> mnesia:select(T, [{{T, '_', '_', '_', '$1'}, [{'==', '$1', G}], ['$_']}]) end));
op(all, T, Size) ->
    Size = length(tx(fun() -> mnesia:match_object(mnesia:table_info(T, wild_pattern)) end));
op(first, T, _) ->
    [{_, 0, _, _, 0} | _] = L = tx(fun() ->
        Keys = mnesia:select(T, [{{T, '$1', '_', '_', '$2'}, [], [{{'$2', '$1'}}]}]),
        [hd(mnesia:read(T, K)) || {_, K} <- lists:sublist(lists:sort(Keys), 10)] end),
    10 = length(L);
op(page, T, Size) -> op(first, T, Size);
op(next, T, Size) ->
    K = rand:uniform(Size - 1) - 1,
    Next = K + 1,
    Next = tx(fun() -> mnesia:next(T, K) end);
op(count, T, Size) ->
    Size = tx(fun() -> mnesia:read_lock_table(T), mnesia:table_info(T, size) end);
op(range, T, Size) ->
    G = rand:uniform(groups(Size) - 9) - 1,
    1000 = tx(fun() -> lists:sum([length(mnesia:index_read(T, X, group)) || X <- lists:seq(G, G + 9)]) end).
