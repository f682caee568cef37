using static Memento.Tests.Consistency.ListOperation;

namespace Memento.Tests.Consistency;

/// <summary>The checker itself, on histories whose fault is known.</summary>
public sealed class HistoryCheckerTests
{
    [Fact]
    public void A_serial_history_is_right()
        => Assert.Null(HistoryChecker.Check(
        [
            Make(1, 0, 1, Append(1, 1), Append(2, 1)),
            Make(2, 2, 3, Read(1, 1), Append(1, 2), Append(1, 3), Read(1, 1, 2, 3)),
            Make(3, 4, 5, Read(1, 1, 2, 3), Read(2, 1), Read(3)),
        ]));

    [Fact]
    public void A_concurrent_history_that_some_order_explains_is_right()
        => Assert.Null(HistoryChecker.Check(
        [
            Make(1, 0, 9, Append(1, 1)),
            Make(2, 0, 9, Read(1)),
            Make(3, 0, 9, Read(1, 1)),
            Make(4, 0, 9, ListOutcome.Unknown, Append(2, 7)),
            Make(5, 0, 9, ListOutcome.Unknown, Append(2, 8)),
            Make(6, 0, 9, Read(2, 8)),
        ]));

    [Fact]
    public void A_history_of_an_hour_is_checked_in_moments()
    {
        const int lists = 1_000;
        ListTransaction[] history =
        [
            .. Enumerable.Range(0, 60_000).Select(static number => Make(
                number,
                2 * number,
                (2 * number) + 1,
                Read(
                    number % lists,
                    [.. Enumerable.Range(0, number / lists)]),
                Append(number % lists, number / lists))),
        ];
        Assert.Null(HistoryChecker.Check(history));

        // The last one has not seen what was there when it began.
        history[^1] = Make(
            history.Length - 1,
            2 * history.Length,
            (2 * history.Length) + 1,
            Read(lists - 1, [.. Enumerable.Range(0, 58)]));
        Assert.StartsWith("real time", HistoryChecker.Check(history), StringComparison.Ordinal);
    }

    [Fact]
    public void Appends_that_interleave_are_G0()
        => Finds(
            "G0",
            Make(1, 0, 9, Append(1, 1), Append(2, 1)),
            Make(2, 0, 9, Append(1, 2), Append(2, 2)),
            Make(3, 0, 9, Read(1, 1, 2), Read(2, 2, 1)));

    [Fact]
    public void A_read_of_an_aborted_append_is_G1a()
        => Finds(
            "G1a",
            Make(1, 0, 9, ListOutcome.Aborted, Append(1, 1)),
            Make(2, 0, 9, Read(1, 1)));

    [Fact]
    public void A_read_in_the_middle_of_a_transaction_is_G1b()
        => Finds(
            "G1b",
            Make(1, 0, 9, Append(1, 1), Append(1, 2)),
            Make(2, 0, 9, Read(1, 1)));

    [Fact]
    public void Two_that_read_each_others_appends_are_G1c()
        => Finds(
            "G1c",
            Make(1, 0, 9, Append(1, 1), Read(2, 2)),
            Make(2, 0, 9, Append(2, 2), Read(1, 1)));

    [Fact]
    public void A_lost_update_is_found()
        => Finds(
            "G2",
            Make(1, 0, 9, Read(1), Append(1, 1)),
            Make(2, 0, 9, Read(1), Append(1, 2)));

    [Fact]
    public void A_lost_update_that_a_later_read_shows_is_found()
        => Finds(
            "G-single",
            Make(1, 0, 9, Read(1), Append(1, 1)),
            Make(2, 0, 9, Read(1), Append(1, 2)),
            Make(3, 0, 9, Read(1, 1, 2)));

    [Fact]
    public void A_write_skew_is_G2()
        => Finds(
            "G2",
            Make(1, 0, 9, Read(1), Append(2, 1)),
            Make(2, 0, 9, Read(2), Append(1, 1)),
            Make(3, 0, 9, Read(1, 1), Read(2, 1)));

    [Fact]
    public void A_torn_read_is_found()
        => Finds(
            "G-single",
            Make(1, 0, 9, Append(1, 1), Append(2, 1)),
            Make(2, 0, 9, Read(1, 1), Read(2)));

    [Fact]
    public void A_read_that_misses_what_had_ended_violates_real_time()
        => Finds(
            "real time",
            Make(1, 0, 1, Append(1, 1)),
            Make(2, 2, 3, Read(1)));

    [Fact]
    public void A_cycle_through_transactions_that_only_time_connects_is_found()
        => Finds(
            "real time",
            Make(1, 0, 1, Append(1, 1)),
            Make(2, 2, 3, Append(2, 1)),
            Make(3, 4, 5, Append(3, 1)),
            Make(4, 6, 7, Read(1), Read(2, 1)));

    [Fact]
    public void A_snapshot_between_others_is_right()
        => Assert.Null(HistoryChecker.Check(
        [
            Make(1, 0, 1, Append(1, 1), Append(2, 1)),
            Make(2, 2, 9, Append(1, 2), Append(2, 2)),
            Make(3, 3, 9, Append(3, 3)),
            Make(4, 4, 9, Read(1, 1), Read(2, 1), Read(3, 3), Read(1, 1)),
            Make(5, 10, 11, Read(1, 1, 2), Read(2, 1, 2), Read(3, 3)),
        ]));

    [Fact]
    public void A_snapshot_that_sees_a_later_commit_and_not_an_earlier_one_is_found()
        => Finds(
            "real time",
            Make(1, 0, 1, Append(1, 1)),
            Make(2, 2, 3, Append(2, 2)),
            Make(3, 0, 9, Read(1), Read(2, 2)));

    [Fact]
    public void A_snapshot_that_sees_what_depends_on_a_commit_and_not_the_commit_is_found()
        => Finds(
            "G-single",
            Make(1, 0, 9, Append(1, 1)),
            Make(2, 0, 9, Read(1, 1), Append(2, 2)),
            Make(3, 0, 9, Read(1), Read(2, 2)));

    [Fact]
    public void A_snapshot_that_misses_an_acknowledged_commit_is_found()
        => Finds(
            "real time",
            Make(1, 0, 1, Append(1, 1)),
            Make(2, 0, 9, Append(2, 2)),
            Make(3, 2, 9, Read(1), Read(2, 2)));

    [Fact]
    public void A_snapshot_that_is_older_than_another_one_before_it_is_found()
        => Finds(
            "real time",
            Make(1, 0, 9, Append(1, 1)),
            Make(2, 1, 2, Read(1, 1)),
            Make(3, 3, 4, Read(1)));

    [Fact]
    public void Two_snapshots_that_see_two_commits_in_different_orders_are_found()
        => Finds(
            "G2",
            Make(1, 0, 9, Append(1, 1)),
            Make(2, 0, 9, Append(2, 2)),
            Make(3, 0, 9, Read(1, 1), Read(2)),
            Make(4, 0, 9, Read(1), Read(2, 2)));

    [Fact]
    public void A_snapshot_that_moves_while_it_is_read_is_found()
        => Finds(
            "G-single",
            Make(1, 0, 9, Append(1, 1)),
            Make(2, 0, 9, Read(1), Read(1, 1)));

    [Fact]
    public void A_snapshot_that_sees_what_a_failed_batch_took_back_is_found()
        => Finds(
            "G1a",
            Make(1, 0, 3, ListOutcome.Aborted, Append(1, 1)),
            Make(2, 1, 2, Read(1, 1)));

    [Fact]
    public void Own_appends_that_are_not_seen_are_found()
        => Finds("internal", Make(1, 0, 1, Append(1, 1), Read(1)));

    [Fact]
    public void Reads_that_no_one_order_explains_are_found()
        => Finds(
            "incompatible order",
            Make(1, 0, 9, Append(1, 1)),
            Make(2, 0, 9, Append(1, 2)),
            Make(3, 0, 9, Read(1, 1, 2)),
            Make(4, 0, 9, Read(1, 2)));

    [Fact]
    public void What_nobody_appended_is_garbage()
        => Finds("garbage", Make(1, 0, 1, Read(1, 5)));

    [Fact]
    public void The_smallest_cycle_is_told_in_words()
    {
        string found = HistoryChecker.Check(
        [
            Make(1, 0, 9, Append(1, 1), Read(2, 2)),
            Make(2, 0, 9, Append(2, 2), Read(3, 3)),
            Make(3, 0, 9, Append(3, 3), Read(1, 1), Read(4, 4)),
            Make(4, 0, 9, Append(4, 4), Read(3, 3)),
        ])!;
        Assert.Contains("a cycle of 2 transactions", found, StringComparison.Ordinal);
        Assert.Contains(
            "T4 comes before T3: T3 read 4 as [4], which ends with its 4",
            found,
            StringComparison.Ordinal);
    }

    private static void Finds(string name, params ListTransaction[] history)
        => Assert.StartsWith(name + ":", HistoryChecker.Check(history), StringComparison.Ordinal);

    private static ListTransaction Make(
        int id, long start, long end, params ListOperation[] operations)
        => Make(id, start, end, ListOutcome.Committed, operations);

    private static ListTransaction Make(
        int id, long start, long end, ListOutcome outcome, params ListOperation[] operations)
        => new(id, start, end, outcome, operations);
}
