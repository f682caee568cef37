using Memento.Journaling;

namespace Memento.Tests.Journals;

/// <summary>Does something in the middle of being taken back.</summary>
internal sealed class CallbackPart(Action takeBack) : ITakeBack
{
    public string Table => "t";

    public int Number => 0;

    public bool IsStored => true;

    public void TakeBack() => takeBack();

    public void Discard()
    {
    }
}
