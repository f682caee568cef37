using System.Diagnostics.CodeAnalysis;

namespace Memento.Collections;

/// <summary>A node with values. Only a root leaf may be empty.</summary>
internal sealed class OrderedMapLeaf<TValue> : OrderedMapNode<TValue>
{
    /// <summary>Many maps have few records, and should be small.</summary>
    private const int FirstCapacity = 4;

    private TValue[] _values;

    public OrderedMapLeaf(OrderedMapGeneration generation)
        : this(generation, FirstCapacity)
    {
    }

    private OrderedMapLeaf(OrderedMapGeneration generation, int capacity)
        : base(generation, capacity)
    {
        _values = new TValue[capacity];
    }

    private OrderedMapLeaf(OrderedMapGeneration generation, OrderedMapLeaf<TValue> original)
        : base(generation, original)
    {
        _values = (TValue[])original._values.Clone();
    }

    public TValue ValueAt(int index) => _values[index];

    /// <summary>The values from an index up to another one.</summary>
    public ReadOnlySpan<TValue> Values(int from, int to) => _values.AsSpan(from, to - from);

    public override bool Set(
        byte[] key,
        ulong head,
        TValue value,
        bool isLast,
        out TValue? previous,
        out OrderedMapSplit<TValue> split)
    {
        split = default;
        int index = Search(key, head);
        if (index >= 0)
        {
            previous = _values[index];
            _values[index] = value;
            return false;
        }

        previous = default;
        if (Count == Capacity)
            split = SplitAndInsert(~index, key, head, value, isLast);
        else
            Insert(~index, key, head, value);

        return true;
    }

    public override bool Remove(
        ReadOnlySpan<byte> key, ulong head, [MaybeNullWhen(false)] out TValue previous)
    {
        int index = Search(key, head);
        if (index < 0)
        {
            previous = default;
            return false;
        }

        previous = _values[index];
        ArraySlots.Remove(_values, Count, index);
        RemoveKey(index);
        return true;
    }

    public override byte[]? Rebalance(OrderedMapNode<TValue> right, byte[] separator)
    {
        var neighbour = (OrderedMapLeaf<TValue>)right;
        int total = Count + neighbour.Count;
        if (total <= MergeLimit)
        {
            neighbour.MoveFirstTo(this, neighbour.Count);
            return null;
        }

        int surplus = Count - (total / 2);
        if (surplus > 0)
            MoveLastTo(neighbour, surplus);
        else
            neighbour.MoveFirstTo(this, -surplus);

        return neighbour.Keys[0];
    }

    protected override OrderedMapNode<TValue> Copy(OrderedMapGeneration generation)
        => new OrderedMapLeaf<TValue>(generation, this);

    private void Insert(int index, byte[] key, ulong head, TValue value)
    {
        if (Count == Keys.Length)
        {
            int capacity = Math.Min(Capacity, Count * 2);
            GrowKeys(capacity);
            Array.Resize(ref _values, capacity);
        }

        ArraySlots.Insert(_values, Count, index, value);
        InsertKey(index, key, head);
    }

    private OrderedMapSplit<TValue> SplitAndInsert(
        int index, byte[] key, ulong head, TValue value, bool isLast)
    {
        // Keys in ascending order leave full leaves behind them.
        int kept = isLast && index == Count ? Count : Count / 2;
        var right = new OrderedMapLeaf<TValue>(Generation, Capacity);
        MoveLastTo(right, Count - kept);
        if (index < kept)
            Insert(index, key, head, value);
        else
            right.Insert(index - kept, key, head, value);

        return new OrderedMapSplit<TValue>(right.Keys[0], right);
    }

    private void MoveLastTo(OrderedMapLeaf<TValue> right, int moved)
    {
        ArraySlots.MoveTail(_values, Count, moved, right._values, right.Count);
        MoveLastKeysTo(right, moved);
    }

    private void MoveFirstTo(OrderedMapLeaf<TValue> left, int moved)
    {
        ArraySlots.MoveHead(_values, Count, moved, left._values, left.Count);
        MoveFirstKeysTo(left, moved);
    }
}
