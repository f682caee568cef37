namespace Memento.Transactions.Reading;

/// <summary>One feed after the other, where no order is asked for.</summary>
internal sealed class FeedSeries(PartitionFeed[] feeds) : FeedQueue
{
    private int _turn;

    public override PartitionFeed? First => Turn is { HasNext: true } feed ? feed : null;

    public override PartitionFeed? Dry => Turn is { IsDry: true } feed ? feed : null;

    private PartitionFeed? Turn
    {
        get
        {
            while (_turn < feeds.Length && feeds[_turn].IsAtEnd)
                _turn++;
            return _turn < feeds.Length ? feeds[_turn] : null;
        }
    }

    public override void Refilled(PartitionFeed feed)
    {
    }

    public override void Advance() => feeds[_turn].Advance();
}
